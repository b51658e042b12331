import { expect, test } from 'vitest'
import { expandMatrix } from './matrix.ts'
import { parseScenario, parseScenarios } from './parse.ts'

const scenario = {
  name: 'Records in $codec',
  matrix: { codec: ['none', 'gzip'], brokers: [1, 3] },
  cluster: { brokers: '$brokers', topics: { orders: 1 } },
  producer: { 'compression.type': '$codec' },
  workload: [{ produce: { topic: 'orders', records: 1 } }],
}

function messages(input: unknown): string[] {
  const parsed = parseScenarios(input)
  return 'issues' in parsed ? parsed.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : []
}

test('matrix: every combination is a scenario of its own, with its values in its name', () => {
  const parsed = parseScenarios(scenario)
  const all = 'scenarios' in parsed ? parsed.scenarios : []
  expect(all.map(({ name }) => name)).toEqual([
    'Records in none [codec=none, brokers=1]',
    'Records in none [codec=none, brokers=3]',
    'Records in gzip [codec=gzip, brokers=1]',
    'Records in gzip [codec=gzip, brokers=3]',
  ])
  expect(all.map(({ cluster, producer }) => [cluster?.brokers, producer['compression.type']])).toEqual([
    [1, 'none'],
    [3, 'none'],
    [1, 'gzip'],
    [3, 'gzip'],
  ])
})

test('matrix: a name that is not there, and one that nothing uses, are told', () => {
  expect(messages({ ...scenario, producer: { 'compression.type': '$codc' } })).toEqual([
    'producer.compression.type: $codc is not in the matrix, did you mean "codec"?',
  ])
  expect(messages({ ...scenario, name: 'x', producer: {} })).toEqual([
    'matrix.codec: nothing uses $codec: every run would be the same',
  ])
  expect(messages({ ...scenario, matrix: { codec: [], brokers: [1] } })).toEqual(['matrix.codec: must not be empty'])
})

test('matrix: a value that is wrong is told where the placeholder stands', () => {
  expect(messages({ ...scenario, matrix: { codec: ['none'], brokers: ['three'] } })).toEqual([
    'cluster.brokers: expected a number',
  ])
})

test('matrix: more combinations than anybody waits for are refused', () => {
  const many = Array.from({ length: 20 }, (_, i) => i)
  expect(messages({ ...scenario, matrix: { codec: many, brokers: many } })).toEqual([
    'matrix: 400 combinations, at most 256 are run',
  ])
})

test('matrix: without one a dollar is a dollar', () => {
  expect(expandMatrix({ name: 'costs $5 and $x' })).toEqual({
    variants: [{ label: '', input: { name: 'costs $5 and $x' } }],
  })
})

test('repeat: each run has the next seed and its number in the name', () => {
  const parsed = parseScenarios({ ...scenario, matrix: { codec: ['none'], brokers: [1] }, repeat: 2 })
  const all = 'scenarios' in parsed ? parsed.scenarios : []
  expect(all.map(({ variant, repetition }) => [variant, repetition])).toEqual([
    ['[codec=none, brokers=1] #1', 0],
    ['[codec=none, brokers=1] #2', 1],
  ])
})

test('a scenario that stands for several is not taken for one', () => {
  expect(parseScenario(scenario)).toMatchObject({ issues: [{ message: expect.stringContaining('4 scenarios') }] })
})
