import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ClusterCore } from '@harrow/mock-broker/core'
import type { ProducerCore } from '@harrow/producer/core'
import { bundled } from './bundled.ts'
import { mutantNamed } from './index.ts'

export interface Cores {
  readonly ProducerCore: typeof ProducerCore
  readonly ClusterCore: typeof ClusterCore
}

/**
 * The cores with a bug planted in the producer: its sources are bundled anew with the one file changed, together with the
 * protocol, so that the cluster keeps its own. Throws if there is no such mutant.
 */
export async function mutatedCores(name: string): Promise<Cores> {
  const text = await mutatedProducer(name)
  const folder = mkdtempSync(join(tmpdir(), 'harrow-mutant-'))
  try {
    const file = join(folder, `${name}.mjs`)
    writeFileSync(file, text)
    const { ProducerCore } = (await import(pathToFileURL(file).href)) as Pick<Cores, 'ProducerCore'>
    return { ProducerCore, ClusterCore }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The source of a module with the mutated `ProducerCore`. Throws if there is no such mutant. */
export function mutatedProducer(name: string): Promise<string> {
  const mutant = mutantNamed(name)
  if (mutant === undefined) throw new Error(`no mutant is called ${name}`)
  if (mutant.file.startsWith('packages/mock-broker/'))
    throw new Error(
      `${name} is a mutant of the cluster: the tests of its rules catch it, not the explorer (pnpm mutants ${name})`,
    )
  return bundled('packages/producer/src/core.ts', mutant)
}
