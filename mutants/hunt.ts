import { explore } from '../packages/harness/src/explore/explorer.ts'
import { mutatedCores } from './mutated-cores.ts'

/** Seeds between two looks at the clock and at what was found. */
const seedsPerLook = 10

export interface Hunt {
  /** The first seed that breaks a law; undefined if none did. */
  readonly seed: number | undefined
  /** All laws that it breaks. */
  readonly laws: readonly string[]
  readonly message: string
  /** Seeds explored, from 1. */
  readonly seeds: number
  readonly tookMs: number
}

/** Explores with a bug planted in the producer until a law is broken, or the seeds or the time are used up. */
export async function hunt(name: string, limits: { readonly seeds: number; readonly forMs?: number }): Promise<Hunt> {
  const cores = await mutatedCores(name)
  const startMs = performance.now()
  const { forMs = Number.POSITIVE_INFINITY } = limits
  let seeds = 0
  while (seeds < limits.seeds && performance.now() - startMs < forMs) {
    const count = Math.min(seedsPerLook, limits.seeds - seeds)
    const { finds } = await explore({ from: seeds + 1, seeds: count, cores })
    const first = finds[0]
    if (first !== undefined) {
      const { seed, message } = first
      const laws = finds.filter((find) => find.seed === seed).map((find) => find.law)
      return { seed, laws, message, seeds: seed, tookMs: performance.now() - startMs }
    }
    seeds += count
  }
  return { seed: undefined, laws: [], message: '', seeds, tookMs: performance.now() - startMs }
}
