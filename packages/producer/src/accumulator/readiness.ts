/** Facts about the first batch of a partition and its surroundings. */
export interface ReadinessFacts {
  readonly createdMs: number
  readonly isFull: boolean
  readonly attempts: number
  /** Not before this, after a failed attempt. */
  readonly retryAtMs: number
  /** Another broker leads now, so the reason for the backoff is gone (KIP-951). */
  readonly hasNewLeader: boolean
  readonly lingerMs: number
  /** Sends wait for memory, `flush` or `close` was called: nothing lingers. */
  readonly isHurried: boolean
}

/** Whether it may leave now, and if not, when to look again. */
export type Readiness =
  | { readonly kind: 'sendable' }
  /** It is worth sending along if a request goes to its broker anyway. */
  | { readonly kind: 'lingering'; readonly untilMs: number }
  | { readonly kind: 'backing-off'; readonly untilMs: number }

const sendable: Readiness = { kind: 'sendable' }

/**
 * Java's RecordAccumulator.batchReady: backoff beats everything, even flush and close.
 * Differs from Java: a batch on its retry never lingers again once its backoff is over; it is sealed, waiting adds nothing.
 */
export function readinessOf(facts: ReadinessFacts, nowMs: number): Readiness {
  if (facts.attempts > 0) {
    if (nowMs >= facts.retryAtMs || facts.hasNewLeader) return sendable
    return { kind: 'backing-off', untilMs: facts.retryAtMs }
  }
  const lingersUntilMs = facts.createdMs + facts.lingerMs
  if (facts.isFull || facts.isHurried || nowMs >= lingersUntilMs) return sendable
  return { kind: 'lingering', untilMs: lingersUntilMs }
}
