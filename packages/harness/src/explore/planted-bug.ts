import { existsSync } from 'node:fs'
import type { Cores } from '../worlds/session.ts'

/**
 * The cores with one of the bugs of `mutants/` planted. Those are beside the sources only: what is published can plant
 * none. Throws if there is no such mutant, or no sources.
 */
export async function coresWith(mutant: string): Promise<Cores> {
  const home = new URL('../../../../mutants/mutated-cores.ts', import.meta.url)
  if (!import.meta.url.endsWith('.ts') || !existsSync(home))
    throw new Error('bugs can be planted only in a checkout of the sources of harrow')
  const { mutatedCores } = (await import(home.href)) as { mutatedCores(name: string): Promise<Cores> }
  return mutatedCores(mutant)
}
