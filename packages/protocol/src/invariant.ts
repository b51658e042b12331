/** A mistake of ours: a state that the code promised could not happen. Never caught, always on. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * Throws {@link InvariantError} unless `condition` holds. For our own mistakes only: what a peer or a caller can cause
 * is a value, a DecodeError or an error that names the option.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}
