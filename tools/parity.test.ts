import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namesIn, readParity, readRepository, renderParity, testNames } from './parity.ts'

const checklist = `
## 3.1 Buffer pool

| number | priority | Java test | pins |
|---|---|---|---|
| 1 | P0 | PoolTest.testSimple | one buffer |
| 2 | P1 | PoolTest.testLarge | a \\| b |
`

const source = "test('pool: one buffer', () => {})\ntest.each([1])('pool: \"large\" %i', () => {})"

function problemsOf(rows: string, complete: readonly string[] = []): readonly string[] {
  const files = new Map([
    ['checklist.md', checklist],
    ['pool.md', rows],
  ])
  return readParity(files, (path) => (path === 'pool.test.ts' ? testNames(source) : undefined), complete).problems
}

const good =
  '| 1 | P0 | testSimple | `pool.test.ts` > "pool: one buffer" |\n| 2 | P1 | PoolTest.testLarge | n/a: JVM only |'

test('parity: the tests that docs/parity names exist, and docs/java-parity.md is what it says', () => {
  const { parity, committed, rendered } = readRepository(join(import.meta.dirname, '..'))
  expect(parity.problems).toEqual([])
  expect(parity.checklist.length).toBeGreaterThan(400)
  expect(committed === rendered ? 'fresh' : 'stale: run `pnpm parity --write`').toBe('fresh')
})

test('parity: every row answered is no problem', () => {
  expect(problemsOf(good, ['3.1'])).toEqual([])
})

test.each([
  ['an unknown test', '| 1 | P0 | testSimple | `pool.test.ts` > "pool: two" |', 'pool.test.ts has no test "pool: two"'],
  ['an unknown file', '| 1 | P0 | testSimple | `x.test.ts` > "pool: two" |', 'there is no x.test.ts'],
  ['a number twice', `${good}\n| 1 | P0 | testSimple | n/a: why |`, '1 is answered in docs/parity/pool.md:1, too'],
  ['an unknown number', '| 7 | P0 | testSimple | n/a: why |', '7 is not in the checklist'],
  ['another priority', '| 1 | P1 | testSimple | n/a: why |', '1 is P0, not P1'],
  ['another Java test', '| 1 | P0 | testLarge | n/a: why |', '1 is PoolTest.testSimple, not testLarge'],
  ['an answer of another form', '| 1 | P0 | testSimple | pool.test.ts |', 'not | number | priority'],
  ['an excuse without a reason', '| 1 | P0 | testSimple | n/a |', 'not | number | priority'],
])('parity: %s is a problem', (_, rows, problem) => {
  expect(problemsOf(rows)).toEqual([expect.stringContaining(problem)])
})

test('parity: in a complete section every row must be there, all of P0 and 95 % of P1 covered', () => {
  expect(problemsOf('| 1 | P0 | testSimple | missing: later |', ['3.1'])).toEqual([
    'docs/parity: 2 (P1, 3.1, PoolTest.testLarge) has no row',
    'docs/parity: 3.1: 0 of 1 P0 are covered',
    'docs/parity: 3.1: 0 of 1 P1 are covered',
  ])
})

test('parity: several tests and a remark', () => {
  const row =
    '| 1 | P0 | testSimple | `pool.test.ts` > "pool: one buffer"; `pool.test.ts` > "pool: \\"large\\" %i" - and K11 |'
  const files = new Map([
    ['checklist.md', checklist],
    ['pool.md', row],
  ])
  const parity = readParity(files, () => testNames(source), [])
  expect(parity.problems).toEqual([])
  expect(renderParity(parity)).toContain(
    '| 1 | P0 | PoolTest.testSimple | one buffer | [pool: one buffer](../pool.test.ts); [pool: "large" %i](../pool.test.ts) - and K11 |\n' +
      '| 2 | P1 | PoolTest.testLarge | a \\| b | open |',
  )
})

test('parity: a test that does not run does not count', () => {
  const skipped = "test.skip('a', () => {})\ntest.todo('b')\n// test('c', () => {})\nit('d', () => {})"
  expect(testNames(skipped)).toEqual(['d'])
})

test('parity: a scenario counts by its name', () => {
  expect(namesIn('scenarios/x.yaml', 'why: x\nname: "A lost ack"\n')).toEqual(['A lost ack'])
})
