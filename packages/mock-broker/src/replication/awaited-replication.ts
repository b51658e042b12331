import { type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import type { Call } from '../handlers/handler.ts'
import type { Partition } from './partition.ts'

/** A partition of a Produce that was appended to, and whose replicas are to follow. */
export interface WaitingPartition {
  readonly key: string
  readonly partition: Partition
  /** The high watermark that makes it safe. */
  readonly requiredOffset: bigint
}

/**
 * A Produce with acks=all: waits until every partition has been replicated to the replicas in sync, or cannot be any
 * more. What was appended stays, whatever the answer says: errors 6, 7 and 20 are told with the real offset (B37-B39).
 * Java: `DelayedProduce`.
 */
export class AwaitedReplication {
  private readonly call: Call
  private readonly settled: (key: string, error: KafkaErrorRow) => void
  private waiting: readonly WaitingPartition[]

  constructor(waiting: readonly WaitingPartition[], call: Call, settled: (key: string, error: KafkaErrorRow) => void) {
    this.waiting = waiting
    this.call = call
    this.settled = settled
    this.look()
  }

  get isOver(): boolean {
    return this.waiting.length === 0
  }

  /** Calls `done` once, when it is over or after `timeoutMs`. Returns how to give up. */
  wait(timeoutMs: number, done: () => void): () => void {
    const watched = this.waiting.map(({ partition }) => partition)
    let cancelLook: (() => void) | undefined
    const stop = (): void => {
      cancelTimeout()
      cancelLook?.()
      for (const partition of watched) partition.watchers.delete(changed)
    }
    // After whatever changed it, not inside: the cluster is whole again then.
    const changed = (): void => {
      cancelLook ??= this.call.later(0, () => {
        cancelLook = undefined
        this.look()
        if (!this.isOver) return
        stop()
        done()
      })
    }
    const cancelTimeout = this.call.later(Math.max(timeoutMs, 0), () => {
      stop()
      this.look()
      for (const { key } of this.waiting) this.settled(key, kafkaErrors.REQUEST_TIMED_OUT)
      done()
    })
    for (const partition of watched) partition.watchers.add(changed)
    return stop
  }

  private look(): void {
    this.waiting = this.waiting.filter((one) => {
      const outcome = this.outcomeOf(one)
      if (outcome !== undefined && outcome !== kafkaErrors.NONE) this.settled(one.key, outcome)
      return outcome === undefined
    })
  }

  /** Undefined: still waiting. Java: `Partition.checkEnoughReplicasReachOffset`. */
  private outcomeOf({ partition, requiredOffset }: WaitingPartition): KafkaErrorRow | undefined {
    if (partition.isDeleted) return kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION
    if (partition.leaderId !== this.call.node.id) return kafkaErrors.NOT_LEADER_OR_FOLLOWER
    if (partition.highWatermark < requiredOffset) return undefined
    return partition.isUnderMinIsr ? kafkaErrors.NOT_ENOUGH_REPLICAS_AFTER_APPEND : kafkaErrors.NONE
  }
}
