import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assemble, assembledFile } from './assemble.ts'

test('the WebAssembly module is what its source compiles to: else run `pnpm assemble`', async () => {
  expect(readFileSync(assembledFile, 'utf8')).toBe(await assemble())
})
