import { invariant } from '@harrow/protocol'
import { isBefore } from '../idempotence/sequences.ts'
import { Link } from './linked-list.ts'
import type { ProducerBatch } from './producer-batch.ts'

/** Batches of one partition that wait to be sent, oldest first; only the last may take records. */
export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  /** A batch is on its way and nothing may overtake it (`max.in.flight.requests.per.connection` 1). */
  isMuted = false
  /** Its places among those with data: of all, and of its topic. */
  readonly queuedLink = new Link<PartitionQueue>(this)
  readonly queuedInTopicLink = new Link<PartitionQueue>(this)
  private readonly batches: ProducerBatch[] = []
  /** Batches, queued or not, whose callers have not been told yet; oldest first. */
  private readonly untold: ProducerBatch[] = []

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
    return this.batches[this.batches.length - 1]
  }

  [Symbol.iterator](): Iterator<ProducerBatch> {
    return this.batches[Symbol.iterator]()
  }

  push(batch: ProducerBatch): void {
    this.batches.push(batch)
    this.untold.push(batch)
  }

  /**
   * Batches whose callers may be told now: done, and with nothing older undone.
   * Differs from Java, which promises callbacks in order within a partition and breaks it: 1. batch 7 is appended, its
   * answer lost  2. batch 8 is acknowledged and told  3. the retry of batch 7 is a duplicate, and told after it.
   */
  takeTellable(): ProducerBatch[] {
    const firstUndone = this.untold.findIndex((batch) => !batch.isDone)
    return this.untold.splice(0, firstUndone < 0 ? this.untold.length : firstUndone)
  }

  takeHead(): ProducerBatch {
    const batch = this.batches.shift()
    if (batch === undefined) invariant(false, `${this.topic}-${this.partition}: nothing to take`)
    return batch
  }

  remove(batch: ProducerBatch): boolean {
    const at = this.batches.indexOf(batch)
    if (at >= 0) this.batches.splice(at, 1)
    return at >= 0
  }

  /** In place of a batch that was too large. */
  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    const at = this.untold.indexOf(batch)
    invariant(at >= 0, `${batch.where}: split after its callers were told`)
    this.untold.splice(at, 1, ...parts)
    // From the last to the first, because without sequences each goes to the very front.
    for (const part of [...parts].reverse()) this.putBack(part)
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
