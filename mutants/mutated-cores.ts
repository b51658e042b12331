import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ClusterCore } from '@harrow/mock-broker/core'
import type { ProducerCore } from '@harrow/producer/core'
import { build, type Plugin } from 'esbuild'
import { mutantNamed } from './index.ts'
import type { Mutant } from './mutant.ts'
import { planted, root } from './plant.ts'

export interface Cores {
  readonly ProducerCore: typeof ProducerCore
  readonly ClusterCore: typeof ClusterCore
}

/**
 * The cores with a bug planted in the producer: its sources are bundled anew with the one file changed, together with the
 * protocol, so that the cluster keeps its own. Throws if there is no such mutant.
 */
export async function mutatedCores(name: string): Promise<Cores> {
  const mutant = mutantNamed(name)
  if (mutant === undefined) throw new Error(`no mutant is called ${name}`)
  if (mutant.file.startsWith('packages/mock-broker/'))
    throw new Error(
      `${name} is a mutant of the cluster: the tests of its rules catch it, not the explorer (pnpm mutants ${name})`,
    )
  const { outputFiles } = await build({
    entryPoints: [join(root, 'packages/producer/src/core.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    conditions: ['@harrow/source'],
    logLevel: 'silent',
    plugins: [planting(mutant)],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  const text = outputFiles[0]?.text
  if (text === undefined) throw new Error(`mutant ${name}: nothing was built`)
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

function planting(mutant: Mutant): Plugin {
  const file = join(root, mutant.file)
  return {
    name: 'plant',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path === file ? { contents: planted(mutant), loader: 'ts' } : undefined,
      )
    },
  }
}
