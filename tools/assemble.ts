import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { main as compile } from 'assemblyscript/asc'

const root = join(import.meta.dirname, '..')
export const assembledFile = join(root, 'packages/protocol/src/wasm/assembled.ts')
const options = '--runtime stub --use abort= --initialMemory 4 --maximumMemory 4 --enable simd -O3 --noAssert'

/** The text of packages/protocol/src/wasm/assembled.ts, compiled from packages/protocol/assembly. Takes seconds. */
export async function assemble(): Promise<string> {
  let module = ''
  const argv = [join(root, 'packages/protocol/assembly/index.ts'), '--outFile', 'module.wasm', ...options.split(' ')]
  const { error, stderr } = await compile(argv, {
    writeFile(_, contents) {
      module = Buffer.from(contents).toString('base64')
    },
  })
  if (error !== null) throw new Error(`${error.message}\n${stderr}`)
  const lines = module.match(/.{1,110}/g) ?? []
  return [
    '// Written by `pnpm assemble` from packages/protocol/assembly: a WebAssembly module, in base64.',
    '',
    'export const assembled =',
    ...lines.map((line, i) => `  '${line}'${i + 1 < lines.length ? ' +' : ''}`),
    '',
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) writeFileSync(assembledFile, await assemble())
