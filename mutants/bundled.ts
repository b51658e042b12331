import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import type { Mutant } from './mutant.ts'
import { planted, root } from './plant.ts'

/** One of our sources, by its path from the root, and all that it needs, as one module; with a bug planted if one is given. */
export async function bundled(file: string, mutant?: Mutant): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    conditions: ['@harrow/source'],
    logLevel: 'silent',
    plugins: mutant === undefined ? [natives] : [natives, planting(mutant)],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  const text = outputFiles[0]?.text
  if (text === undefined) throw new Error(`${file}: nothing was built`)
  return text
}

/** Libraries in machine code stay where they are. */
const natives: Plugin = {
  name: 'natives',
  setup({ onLoad }) {
    onLoad({ filter: /\.node$/ }, ({ path }) => ({
      contents: `module.exports = require('node:module').createRequire(${JSON.stringify(path)})(${JSON.stringify(path)})`,
    }))
  },
}

function planting(mutant: Mutant): Plugin {
  const file = join(root, mutant.file)
  // No other file is asked for: each question goes from one process to another.
  const filter = new RegExp(`${mutant.file.replace(/.*\//, '').replaceAll('.', '\\.')}$`)
  return {
    name: 'plant',
    setup({ onLoad }) {
      onLoad({ filter }, ({ path }) => (path === file ? { contents: planted(mutant), loader: 'ts' } : undefined))
    },
  }
}
