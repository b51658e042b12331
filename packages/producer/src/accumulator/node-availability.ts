interface Stuck {
  readonly sinceMs: number
  /** When it was last noted. */
  lastMs: number
}

/**
 * Which brokers have had data waiting for longer than `partitioner.availability.timeout.ms`, so that records without a key
 * go elsewhere.
 */
export class NodeAvailability {
  /** 0: nobody is ever left out. */
  private readonly timeoutMs: number
  private readonly stuck = new Map<number, Stuck>()

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
  }

  /**
   * Told each turn for a node with data to send: `hasTaken` says whether it took some.
   * Differs from Java, where a node counts as one that takes as long as its connection is free: one whose every partition
   * waits for an answer, muted or for the sake of sequences, then goes on being fed.
   */
  note(node: number, options: { readonly hasTaken: boolean; readonly nowMs: number }): void {
    if (this.timeoutMs === 0) return
    const { hasTaken, nowMs } = options
    const known = this.stuck.get(node)
    if (hasTaken) this.stuck.delete(node)
    else if (known === undefined) this.stuck.set(node, { sinceMs: nowMs, lastMs: nowMs })
    else known.lastMs = nowMs
  }

  /**
   * Nodes to leave out. Differs from Java, which looks at queues with data alone, so that an empty one of a stuck broker is
   * the most attractive of all (K4). `hasData` tells what waits now: once nothing does (it expired), nobody would ever
   * learn that the broker is back, so after another timeout it is tried again.
   */
  leftOut(nowMs: number, hasData: (node: number) => boolean): ReadonlySet<number> {
    const nodes = new Set<number>()
    for (const [node, { sinceMs, lastMs }] of this.stuck) {
      if (nowMs - sinceMs <= this.timeoutMs) continue
      if (nowMs - lastMs <= this.timeoutMs || hasData(node)) nodes.add(node)
      else this.stuck.delete(node)
    }
    return nodes
  }
}
