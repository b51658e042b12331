import type { KafkaErrorRow } from '@harrow/protocol'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import type { Trace } from '../trace.ts'
import { PartitionSequences, type ProducerIdAndEpoch } from './partition-sequences.ts'

const epochMax = 32_767
const none: ProducerIdAndEpoch = { producerId: -1n, epoch: -1 }

/** Who this producer is, and the numbers of what it sends. Java's TransactionManager without transactions. */
export class Idempotence {
  private readonly trace: Trace | undefined
  private readonly firstSequence: number
  private identity = none
  private readonly partitions = new Map<string, Map<number, PartitionSequences>>()
  /** Partitions with a gap or something unresolved: the only ones a turn looks at. */
  private readonly broken = new Set<PartitionSequences>()
  /** Set once: this producer may send nothing more. */
  private fatal: KafkaErrorRow | undefined

  /** `firstSequence`: see NumbersFrom in producer-parts.ts. */
  constructor(trace: Trace | undefined, firstSequence = 0) {
    this.trace = trace
    this.firstSequence = firstSequence
  }

  get current(): ProducerIdAndEpoch {
    return this.identity
  }

  get hasProducerId(): boolean {
    return this.identity.producerId !== -1n
  }

  get fatalError(): KafkaErrorRow | undefined {
    return this.fatal
  }

  setProducerId(identity: ProducerIdAndEpoch): void {
    this.identity = identity
    this.trace?.({ event: 'producer-id', id: identity.producerId, epoch: identity.epoch })
  }

  fail(error: KafkaErrorRow): void {
    this.fatal ??= error
  }

  mayDrain(batch: ProducerBatch): boolean {
    if (!this.hasProducerId || this.fatal !== undefined) return false
    return this.sequencesOf(batch).mayDrain(batch, this.identity)
  }

  /** At its first drain; a retry keeps its number. */
  stamp(batch: ProducerBatch): void {
    if (!batch.hasSequence) this.sequencesOf(batch).stamp(batch, this.identity)
  }

  acknowledge(batch: ProducerBatch): void {
    this.change(batch, (sequences) => sequences.acknowledge(batch))
  }

  giveUp(batch: ProducerBatch, certainty: 'definite' | 'maybe'): void {
    if (batch.hasSequence) this.change(batch, (sequences) => sequences.giveUp(batch, certainty))
  }

  /** A broker cannot connect `batch` to what it has: the numbers start anew from this batch on. */
  requestRestart(batch: ProducerBatch): void {
    this.change(batch, (sequences) => sequences.breakAt(batch.baseSequence))
  }

  /** A broker has seen a later epoch than that of `batch` (java-producer: handleFailedBatch asks for a bump). */
  leaveEpoch(batch: ProducerBatch): void {
    this.change(batch, (sequences) =>
      sequences.leaveEpoch({ producerId: batch.producerId, epoch: batch.producerEpoch }),
    )
  }

  isFirstInFlight(batch: ProducerBatch): boolean {
    return this.sequencesOf(batch).isFirst(batch)
  }

  /** See VerdictFacts. */
  mayBeForgotten(batch: ProducerBatch): boolean {
    return this.sequencesOf(batch).mayBeFollowed(batch)
  }

  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    if (batch.hasSequence) this.sequencesOf(batch).replace(batch, parts)
  }

  /**
   * Once per turn: partitions whose numbers are broken start anew under a new epoch. A producer without transactions
   * bumps its epoch by itself, without asking (KIP-360); only when epochs run out does it need a new id.
   */
  resolve(): void {
    // Nothing will be sent any more, under whatever number.
    if (this.fatal !== undefined) return
    for (const sequences of [...this.broken]) {
      if (sequences.needsRestart()) {
        if (sequences.isOf(this.identity)) this.bump()
        // Epochs ran out: a new id is being asked for, and this partition waits for it.
        if (!this.hasProducerId) return
        sequences.restart(this.identity)
        const [topic, partition] = splitWhere(sequences.where)
        this.trace?.({ event: 'sequences-reset', topic, partition, epoch: this.identity.epoch })
      }
      if (!sequences.needsAttention) this.broken.delete(sequences)
    }
  }

  checkInvariants(): void {
    for (const partitions of this.partitions.values()) {
      for (const sequences of partitions.values()) sequences.checkInvariants()
    }
  }

  private bump(): void {
    const { producerId, epoch } = this.identity
    if (epoch === epochMax) {
      this.identity = none
      return
    }
    this.identity = { producerId, epoch: epoch + 1 }
    this.trace?.({ event: 'epoch-bumped', id: producerId, epoch: epoch + 1 })
  }

  private change(batch: ProducerBatch, change: (sequences: PartitionSequences) => void): void {
    const sequences = this.sequencesOf(batch)
    change(sequences)
    if (sequences.needsAttention) this.broken.add(sequences)
  }

  private sequencesOf({ topic, partition, where }: ProducerBatch): PartitionSequences {
    let partitions = this.partitions.get(topic)
    if (partitions === undefined) {
      partitions = new Map()
      this.partitions.set(topic, partitions)
    }
    let sequences = partitions.get(partition)
    if (sequences === undefined) {
      sequences = new PartitionSequences(where, this.identity, this.firstSequence)
      partitions.set(partition, sequences)
    }
    return sequences
  }
}

function splitWhere(where: string): [topic: string, partition: number] {
  const dash = where.lastIndexOf('-')
  return [where.slice(0, dash), Number(where.slice(dash + 1))]
}
