/**
 * Time, as a core sees it. Two clocks, because they lie in different ways: the monotonic one never jumps, so it is the
 * only one that may be compared; the wall clock jumps, drifts and is only ever written into a record.
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. Fractions are allowed. */
  nowMs(): number
  /**
   * Milliseconds since the Unix epoch, whole. Never compare two of these. A caller that does not give way in between may be
   * told one reading several times.
   */
  wallMs(): number
  /**
   * Calls `wake` once, at or soon after `atMs` on the monotonic clock, never inside this call. A time in the past means
   * "as soon as the current turn is over"; `Infinity` means never. Returns how to take it back (harmless afterwards).
   */
  wakeAt(atMs: number, wake: () => void): () => void
}
