/** Ids in a block that the controller hands to a broker. Java: `ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE`. */
const blockSize = 1000n

/**
 * Producer ids. Each broker hands them out from a block of its own, so those of two brokers are far apart (I1): a
 * client must not take them for a sequence.
 */
export class ProducerIds {
  private readonly blocks = new Map<number, { next: bigint; last: bigint }>()
  private nextBlock = 0n

  next(brokerId: number): bigint {
    let block = this.blocks.get(brokerId)
    if (block === undefined || block.next > block.last) {
      block = { next: this.nextBlock, last: this.nextBlock + blockSize - 1n }
      this.nextBlock += blockSize
      this.blocks.set(brokerId, block)
    }
    return block.next++
  }

  /** A broker that restarts forgets the rest of its block. */
  forget(brokerId: number): void {
    this.blocks.delete(brokerId)
  }
}
