import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readmePath, withConfigTable } from './producer-readme.ts'

test('producer readme: the configuration table is current (pnpm readme)', () => {
  const readme = readFileSync(readmePath, 'utf8')
  expect(readme).toBe(withConfigTable(readme))
})

test('producer readme: without its marks there is nowhere to write to', () => {
  expect(() => withConfigTable('# Something else')).toThrow('begin: configuration')
})
