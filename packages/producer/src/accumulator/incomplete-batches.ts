import { invariant } from '@harrow/protocol'
import type { BufferPool } from './buffer-pool.ts'
import { LinkedList } from './linked-list.ts'
import type { ProducerBatch } from './producer-batch.ts'

/**
 * Which batches have no outcome yet, and which still hold memory: a batch that ran out of time on the wire has its outcome,
 * and its bytes until the request is over (K1). Java's IncompleteBatches.
 */
export class IncompleteBatches {
  private readonly pool: BufferPool
  /** Every batch without an outcome, queued or on the wire, by creation: the first is the first to expire. */
  private readonly incomplete = new LinkedList<ProducerBatch>()
  /** Batches whose memory is still in use: the incomplete ones, and those that a request outlives. */
  private readonly holding = new LinkedList<ProducerBatch>()

  constructor(pool: BufferPool) {
    this.pool = pool
  }

  /** By age. */
  get all(): LinkedList<ProducerBatch> {
    return this.incomplete
  }

  /** Batches whose memory is in use, done or not. */
  get held(): LinkedList<ProducerBatch> {
    return this.holding
  }

  add(batch: ProducerBatch): void {
    this.incomplete.add(batch.incompleteLink)
    this.holding.add(batch.heldLink)
  }

  /** The parts are as old as the whole and take its place, so that the order by age stays. */
  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    const links = parts.map(({ incompleteLink }) => incompleteLink)
    this.incomplete.replace(batch.incompleteLink, links)
    for (const { heldLink } of parts) this.holding.add(heldLink)
  }

  /** It has its outcome. */
  settle(batch: ProducerBatch): void {
    this.incomplete.delete(batch.incompleteLink)
  }

  /** The memory of a batch that has its outcome and is in no request. Call once. */
  free(batch: ProducerBatch): void {
    // The messages only where they are needed: once per batch.
    if (!batch.isDone || batch.isInRequest) invariant(false, `${batch.where}: freed too early`)
    if (!this.holding.delete(batch.heldLink)) invariant(false, `${batch.where}: freed twice`)
    const buffer = batch.discard()
    if (buffer !== undefined) this.pool.deallocate(buffer)
    else this.pool.release(batch.pooledBytes)
  }

  checkInvariants(): void {
    let heldBytes = 0
    for (const batch of this.holding) heldBytes += batch.heldBytes
    const usedBytes = this.pool.totalBytes - this.pool.availableBytes
    invariant(heldBytes === usedBytes, `batches hold ${heldBytes} bytes, the pool says ${usedBytes}`)
    invariant(this.pool.availableBytes >= 0, 'the pool is never overdrawn')
    invariant(this.pool.pooledBytes <= this.pool.availableBytes, 'free buffers are part of what is available')
    let earlierMs = Number.NEGATIVE_INFINITY
    for (const batch of this.incomplete) {
      invariant(batch.createdMs >= earlierMs, `${batch.where}: batches are kept by age`)
      earlierMs = batch.createdMs
    }
  }
}
