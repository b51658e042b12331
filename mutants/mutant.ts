/**
 * A planted bug: one place in one source file, changed. It is data, kept beside the packages and not in them: what is
 * published knows no mutant, and there is no switch by which one could be turned on.
 */
export interface Mutant {
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** Must occur exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** The real bug that it is like, with its number, or the mistake that it makes. */
  readonly mirrors: string
  /** Laws of which one is expected to catch it; of a broker mutant, the test files. */
  readonly caughtBy: readonly string[]
  /** Why nobody can tell it from the original. Only then may it survive. */
  readonly equivalent?: string
}
