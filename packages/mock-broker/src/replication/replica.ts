import type { LogMemory } from '../log/log-memory.ts'
import { PartitionLog, type SegmentLimits, type StoredBatch } from '../log/partition-log.ts'

/** An append at the leader that a follower does not have yet. */
interface Missing {
  readonly appendedAtMs: number
  /** Offset behind it. */
  readonly endOffset: bigint
}

/** One copy of a partition, and how far it is behind its leader. */
export class Replica {
  readonly nodeId: number
  readonly log: PartitionLog
  /** How long after an append it has the records; `Infinity`: it does not fetch. Undefined: as its broker does. */
  lagMs: number | undefined
  private readonly missing: Missing[] = []

  constructor(nodeId: number, options: { readonly producerIdExpirationMs: number; readonly memory: LogMemory }) {
    this.nodeId = nodeId
    this.log = new PartitionLog(options)
  }

  get isCaughtUp(): boolean {
    return this.missing.length === 0
  }

  /** When it fell behind; undefined if it has everything. */
  get behindSinceMs(): number | undefined {
    return this.missing[0]?.appendedAtMs
  }

  /**
   * The leader appended up to `endOffset`, and this replica has yet to fetch it. `isStopped`: it does not fetch at all
   * for now, so there is no need to remember each append.
   */
  fellBehind(appendedAtMs: number, endOffset: bigint, isStopped: boolean): void {
    const first = this.missing[0]
    if (!isStopped || first === undefined) {
      this.missing.push({ appendedAtMs, endOffset })
      return
    }
    this.missing.length = 0
    this.missing.push({ appendedAtMs: first.appendedAtMs, endOffset })
  }

  /** Fetches what was appended at least `lagMs` ago. Returns whether there was any. */
  fetch(leader: PartitionLog, nowMs: number, lagMs: number, limits: SegmentLimits): boolean {
    let target: bigint | undefined
    // Added like this, as whoever waits for the moment does it: a difference would round otherwise.
    while (this.missing[0] !== undefined && this.missing[0].appendedAtMs + lagMs <= nowMs) {
      target = this.missing.shift()?.endOffset
    }
    if (target === undefined) return false
    this.copy(leader, target, limits)
    return true
  }

  /** Fetches everything, whatever its lag. */
  fetchAll(leader: PartitionLog, limits: SegmentLimits): void {
    this.missing.length = 0
    this.copy(leader, leader.endOffset, limits)
  }

  /** Takes over what was just appended at the leader: the common case, and the only one on the hot path. */
  take(batch: StoredBatch, limits: SegmentLimits): void {
    this.log.appendStored(batch, limits)
  }

  /**
   * Behind a new leader: throws away what that leader never had, and has the rest to fetch. Returns how many records went. Where the logs part is where the
   * epochs of the two differ (KIP-101, KIP-279); replicas share their batches, so that is where the batches differ.
   */
  follow(leader: PartitionLog, nowMs: number): number {
    const { log } = this
    this.missing.length = 0
    const truncated = log.truncateTo(commonEnd(log, leader))
    if (log.endOffset < leader.startOffset) log.startOverAt(leader.startOffset)
    if (log.endOffset < leader.endOffset) this.fellBehind(nowMs, leader.endOffset, false)
    log.deleteBefore(leader.startOffset)
    return truncated
  }

  /** It leads now, or its broker is down: there is nothing to fetch. */
  stopFollowing(): void {
    this.missing.length = 0
  }

  private copy(leader: PartitionLog, until: bigint, limits: SegmentLimits): void {
    const { log } = this
    // The leader has deleted meanwhile what this replica was about to fetch.
    if (log.endOffset < leader.startOffset) log.startOverAt(leader.startOffset)
    const batches = leader.read(log.endOffset, { bytesMax: Number.POSITIVE_INFINITY, atLeastOne: true, until })
    for (const batch of batches) log.appendStored(batch, limits)
    log.deleteBefore(leader.startOffset)
  }
}

/** The offset up to which both logs hold the same batches. */
function commonEnd(follower: PartitionLog, leader: PartitionLog): bigint {
  for (let i = follower.stored.length - 1; i >= 0; i--) {
    const batch = follower.stored[i]
    if (batch !== undefined && leader.batchAt(batch.baseOffset) === batch) return batch.lastOffset + 1n
  }
  // Nothing in common. What lies before the leader's start is not for this log to judge.
  const { startOffset, endOffset } = follower
  return endOffset <= leader.startOffset ? endOffset : startOffset
}
