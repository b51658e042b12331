import { invariant } from '@harrow/protocol'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import { incrementSequence, isBefore, noSequence } from './sequences.ts'

/** Producer id and epoch. */
export interface ProducerIdAndEpoch {
  readonly producerId: bigint
  readonly epoch: number
}

/** A broker remembers the last five batches per producer and partition, and recognises a retry only among them. */
const batchesRemembered = 5

/**
 * The sequence numbers of one partition. `inFlight` holds every batch that has a number and no outcome on the wire: sent,
 * or waiting to be sent again.
 */
export class PartitionSequences {
  readonly where: string
  private identity: ProducerIdAndEpoch
  private next: number
  /** Last sequence that a broker confirmed for this id and epoch; `noSequence` before the first. */
  private lastAcked = noSequence
  /** In sequence order. */
  private readonly inFlight: ProducerBatch[] = []
  /** The place of each batch in flight, by its index there, among all that were numbered under this id and epoch. */
  private readonly places: number[] = []
  private numbered = 0
  /** What follows a batch that was given up without knowing whether it is in the log. */
  private unresolvedNext: number | undefined
  /** A broker has seen a later epoch: see `leaveEpoch`. */
  private isLeft = false
  /** From here on the numbers are broken: a batch is missing for good. They start anew once what came before is settled. */
  private gapAt: number | undefined

  /** `first`: where the numbers start; from 0 but for tests of the wrap, which is two thousand million records away. */
  constructor(where: string, identity: ProducerIdAndEpoch, first = 0) {
    this.where = where
    this.identity = identity
    this.next = first
  }

  get needsAttention(): boolean {
    return this.gapAt !== undefined || this.unresolvedNext !== undefined
  }

  isOf(identity: ProducerIdAndEpoch): boolean {
    return this.identity.producerId === identity.producerId && this.identity.epoch === identity.epoch
  }

  isFirst(batch: ProducerBatch): boolean {
    return this.inFlight[0] === batch
  }

  /** Whether a batch that was numbered after `batch` is, or may be, in the log. */
  mayBeFollowed(batch: ProducerBatch): boolean {
    if (!this.isOf({ producerId: batch.producerId, epoch: batch.producerEpoch })) return false
    const { lastAcked, unresolvedNext } = this
    if (lastAcked !== noSequence && isBefore(batch.lastSequence, lastAcked)) return true
    if (unresolvedNext !== undefined && isBefore(batch.nextSequence, unresolvedNext)) return true
    return this.inFlight.some((later) => later.mayBeInLog && isBefore(batch.baseSequence, later.baseSequence))
  }

  /** The veto: whether sending `batch` now keeps the numbers of this partition in order. */
  mayDrain(batch: ProducerBatch, current: ProducerIdAndEpoch): boolean {
    if (batch.hasSequence) {
      // A retry waits for everything before it, so it is never the cause of a gap; behind a gap it waits for new numbers.
      return this.isFirst(batch) && (this.gapAt === undefined || isBefore(batch.baseSequence, this.gapAt))
    }
    if (this.needsAttention) return false
    if (this.inFlight.length === 0) return true
    if (!this.isOf(current) || this.isWindowFull) return false
    // Differs from Java: nothing is pipelined before the first acknowledgement. A broker without state for this id and
    // epoch takes any sequence as the first, so if batch 0 is refused and batch 1 taken, batch 0 can never be written.
    return this.lastAcked !== noSequence
  }

  /** Gives a batch that is drained for the first time its number. */
  stamp(batch: ProducerBatch, current: ProducerIdAndEpoch): void {
    if (!this.isOf(current)) this.restart(current)
    batch.renumber({ producerId: current.producerId, producerEpoch: current.epoch, baseSequence: this.next })
    this.next = batch.nextSequence
    this.inFlight.push(batch)
    this.places.push(this.numbered++)
  }

  /** The broker has it. */
  acknowledge(batch: ProducerBatch): void {
    this.remove(batch)
    if (!this.isOf({ producerId: batch.producerId, epoch: batch.producerEpoch })) return
    const last = batch.lastSequence
    if (this.lastAcked === noSequence || isBefore(this.lastAcked, last)) this.lastAcked = last
  }

  /**
   * It is given up. `definite`: it is in no log, so its numbers are a gap. Else nobody knows, and what comes after tells.
   * Differs from Java: this covers batches that fail after their last retry, and those that expire on their first attempt
   * (K17). Java leaves both to a later OUT_OF_ORDER_SEQUENCE_NUMBER, which with bounded retries may not come.
   */
  giveUp(batch: ProducerBatch, certainty: 'definite' | 'maybe'): void {
    this.remove(batch)
    if (!this.isOf({ producerId: batch.producerId, epoch: batch.producerEpoch })) return
    if (certainty === 'definite') this.breakAt(batch.baseSequence)
    else this.unresolvedNext = batch.nextSequence
  }

  /**
   * Nothing new is sent under this epoch. What was sent may be in the log under its number, so it settles first. Differs
   * from Java, which renumbers that at once, and writes it a second time if it had arrived.
   */
  leaveEpoch(refused: ProducerIdAndEpoch): void {
    if (!this.isOf(refused)) return
    this.isLeft = true
    // Parts of a split batch are numbered before they are sent. Behind one that is missing nothing can have been appended.
    const missing = this.inFlight.find((batch) => !batch.mayBeInLog && !batch.isInRequest)
    this.breakAt(missing?.baseSequence ?? this.next)
  }

  /** The numbers cannot go on from here. */
  breakAt(sequence: number): void {
    if (this.gapAt === undefined || isBefore(sequence, this.gapAt)) this.gapAt = sequence
  }

  /** Parts take over the numbers of the whole. */
  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    const at = this.inFlight.indexOf(batch)
    invariant(at >= 0, `${this.where}: the split batch is in flight`)
    this.inFlight.splice(at, 1, ...parts)
    // The whole is in no log, so nothing behind it can be: all of them take new places.
    const place = this.places[at]!
    for (let index = at; index < this.inFlight.length; index++) this.places[index] = place + index - at
    this.numbered = place + this.inFlight.length - at
    // They are in no log, and were never sent.
    if (this.isLeft) this.breakAt(batch.baseSequence)
    let baseSequence = batch.baseSequence
    const { producerId, producerEpoch } = batch
    for (const part of parts) {
      part.renumber({ producerId, producerEpoch, baseSequence })
      baseSequence = part.nextSequence
    }
    invariant(
      baseSequence === batch.nextSequence,
      `${this.where}: parts number ${baseSequence}, not ${batch.nextSequence}`,
    )
  }

  /** Whether the numbers must start anew now, which needs a new epoch. Settles what has become clear meanwhile. */
  needsRestart(): boolean {
    if (this.unresolvedNext !== undefined && this.inFlight.length === 0) {
      // Every later batch is through. If the last number was confirmed, the unknown one is in the log too.
      const isResolved = this.lastAcked !== noSequence && incrementSequence(this.lastAcked, 1) === this.next
      if (!isResolved) this.breakAt(this.unresolvedNext)
      this.unresolvedNext = undefined
    }
    const { gapAt } = this
    if (gapAt === undefined) return false
    // Differs from Java: waits for everything before the gap, which may be in the log under its old numbers, and for
    // everything on the wire. Java renumbers at once: 1. batch 7 is appended, its answer lost  2. batch 8 fails for good
    // 3. batch 7 gets a new epoch with 8's bump, and is appended again.
    return this.inFlight.every((batch) => !batch.isInRequest && !isBefore(batch.baseSequence, gapAt))
  }

  /** Starts from 0 under a new identity; what is in flight is renumbered in its order. */
  restart(identity: ProducerIdAndEpoch): void {
    this.identity = identity
    this.next = 0
    this.lastAcked = noSequence
    this.gapAt = undefined
    this.unresolvedNext = undefined
    this.isLeft = false
    this.numbered = 0
    for (const batch of this.inFlight) {
      this.places[this.numbered] = this.numbered
      this.numbered++
      batch.renumber({ producerId: identity.producerId, producerEpoch: identity.epoch, baseSequence: this.next })
      this.next = batch.nextSequence
    }
  }

  checkInvariants(): void {
    let next: number | undefined
    for (const { baseSequence, nextSequence } of this.inFlight) {
      // Holes are right: a batch may be confirmed while an earlier one that was appended, too, waits for its retry.
      if (next !== undefined && isBefore(baseSequence, next))
        invariant(false, `${this.where}: sequence ${baseSequence} in flight after ${next}`)
      next = nextSequence
    }
    if (this.places.length !== this.inFlight.length)
      invariant(false, `${this.where}: every batch in flight has its place`)
  }

  private remove(batch: ProducerBatch): void {
    const at = this.inFlight.indexOf(batch)
    if (at < 0) return
    this.inFlight.splice(at, 1)
    this.places.splice(at, 1)
  }

  /**
   * Whether one more batch could push the oldest one in flight out of the broker's memory. Counts what was numbered since,
   * confirmed or not. Differs from Java, which counts what is in flight: while a batch keeps being refused after its append,
   * each attempt lets a successor go along and be confirmed; after five the broker no longer knows the batch, answers
   * OUT_OF_ORDER_SEQUENCE_NUMBER, and a new epoch writes it a second time.
   */
  private get isWindowFull(): boolean {
    const oldestPlace = this.places[0]
    return oldestPlace !== undefined && this.numbered - oldestPlace >= batchesRemembered
  }
}
