/** A batch that several replicas share. */
export interface SharedBytes {
  readonly bytes: Uint8Array
  /** Replicas whose log has it. */
  holders: number
}

/**
 * Counts the bytes of all logs of a cluster. Replicas share the bytes of a batch, so it counts once however often it is
 * replicated, and until the last replica lets go of it.
 */
export class LogMemory {
  private used = 0

  get usedBytes(): number {
    return this.used
  }

  hold(batch: SharedBytes): void {
    if (batch.holders++ === 0) this.used += batch.bytes.length
  }

  release(batch: SharedBytes): void {
    if (--batch.holders === 0) this.used -= batch.bytes.length
  }
}
