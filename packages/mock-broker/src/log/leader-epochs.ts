/** The end of a leader epoch in a log. */
export interface EpochEnd {
  /** The epoch itself, or the next lower one that the log knows; -1 if it knows none. */
  readonly epoch: number
  /** Offset behind its last record; -1n if it knows none. */
  readonly endOffset: bigint
}

/** At which offset each leader epoch of a log began. Java: `LeaderEpochFileCache` (KIP-101, KIP-279). */
export class LeaderEpochs {
  private readonly entries: { readonly epoch: number; readonly startOffset: bigint }[] = []

  /** The epoch of the last record; -1 of an empty log. */
  get latest(): number {
    return this.entries.at(-1)?.epoch ?? -1
  }

  /** A batch of this epoch was appended. */
  appended(epoch: number, startOffset: bigint): void {
    if (epoch > this.latest) this.entries.push({ epoch, startOffset })
  }

  /** Where `epoch` ends in a log that ends at `logEnd`. An epoch from the future ends nowhere. */
  endOf(epoch: number, logEnd: bigint): EpochEnd {
    if (epoch < 0) return { epoch: -1, endOffset: -1n }
    if (epoch === this.latest) return { epoch, endOffset: logEnd }
    const next = this.entries.findIndex((entry) => entry.epoch > epoch)
    if (next === -1) return { epoch: -1, endOffset: -1n }
    const endOffset = this.entries[next]?.startOffset ?? -1n
    // Older than everything here: the requested epoch itself, ending where the log begins.
    return { epoch: this.entries[next - 1]?.epoch ?? epoch, endOffset }
  }

  /** The log ends at `offset` now. */
  truncateFromEnd(offset: bigint): void {
    while ((this.entries.at(-1)?.startOffset ?? -1n) >= offset) this.entries.pop()
  }

  /** The log begins at `offset` now. */
  truncateFromStart(offset: bigint): void {
    let last: { readonly epoch: number; readonly startOffset: bigint } | undefined
    while (this.entries.length > 0 && (this.entries[0]?.startOffset ?? offset) <= offset) last = this.entries.shift()
    if (last !== undefined) this.entries.unshift({ epoch: last.epoch, startOffset: offset })
  }

  clear(): void {
    this.entries.length = 0
  }
}
