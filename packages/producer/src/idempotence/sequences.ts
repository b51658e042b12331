/**
 * Sequence numbers count records per (producer id, epoch, partition) and wrap from 2^31 - 1 to 0.
 * Differs from Java: every comparison here wraps too. Java wraps only the next-sequence counter, so around the wrap it
 * misjudges what comes first (K24).
 */
export const noSequence = -1
const modulus = 2 ** 31

export function incrementSequence(sequence: number, count: number): number {
  return (sequence + count) % modulus
}

export function decrementSequence(sequence: number, count: number): number {
  return (sequence - count + modulus) % modulus
}

/** Steps from `from` forward to `to`; more than half the range is read as a step back. */
export function sequenceDistance(from: number, to: number): number {
  const forward = (to - from + modulus) % modulus
  return forward < modulus / 2 ? forward : forward - modulus
}

/** Whether `a` comes before `b`. */
export function isBefore(a: number, b: number): boolean {
  return sequenceDistance(a, b) > 0
}

export function lastSequenceOf(baseSequence: number, recordCount: number): number {
  return incrementSequence(baseSequence, recordCount - 1)
}
