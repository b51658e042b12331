import { invariant } from '@harrow/protocol'
import { isBefore } from '../idempotence/sequences.ts'
import type { ProducerBatch } from './producer-batch.ts'

/** Batches of one partition that wait to be sent, oldest first; only the last may take records. */
export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  /** A batch is on its way and nothing may overtake it (`max.in.flight.requests.per.connection` 1, no idempotence). */
  isMuted = false
  private readonly batches: ProducerBatch[] = []

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get length(): number {
    return this.batches.length
  }

  get head(): ProducerBatch | undefined {
    return this.batches[0]
  }

  get tail(): ProducerBatch | undefined {
    return this.batches.at(-1)
  }

  [Symbol.iterator](): Iterator<ProducerBatch> {
    return this.batches[Symbol.iterator]()
  }

  push(batch: ProducerBatch): void {
    this.batches.push(batch)
  }

  takeHead(): ProducerBatch {
    const batch = this.batches.shift()
    invariant(batch !== undefined, `${this.topic}-${this.partition}: nothing to take`)
    return batch
  }

  remove(batch: ProducerBatch): boolean {
    const at = this.batches.indexOf(batch)
    if (at >= 0) this.batches.splice(at, 1)
    return at >= 0
  }

  /**
   * Puts back what is to be sent again: in front, and among others of its kind by sequence, because several batches
   * may come back in another order than they left. Java's insertInSequenceOrder.
   */
  putBack(batch: ProducerBatch): void {
    if (!batch.hasSequence) {
      this.batches.unshift(batch)
      return
    }
    const at = this.batches.findIndex((other) => !other.hasSequence || isBefore(batch.baseSequence, other.baseSequence))
    this.batches.splice(at < 0 ? this.batches.length : at, 0, batch)
  }
}
