import { expect, test } from 'vitest'
import type { ReceivedRequest } from '../../packages/harness/src/history.ts'
import { history } from '../../packages/harness/test/hand-made-history.ts'
import { slownessOf } from './slow-broker.ts'

const { producer } = history([])
const settings = { ...producer, requestTimeoutMs: 1_000, acks: 'all' } as const

const produce: ReceivedRequest = {
  api: 'Produce',
  broker: 1,
  connection: 3,
  receivedAtMs: 100,
  answeredAtMs: 110,
  fault: undefined,
  partitions: [],
}
const closedAt = (atMs: number, connection = 3) =>
  ({ atMs, source: 'broker', event: 'connection-closed', details: { connection } }) as const

test.each([
  ['quick', produce, [], undefined],
  ['answered after half the request timeout', { ...produce, answeredAtMs: 600 }, [], /Produce after 500 ms/],
  [
    'given up by the client at its timeout',
    { ...produce, answeredAtMs: undefined },
    [closedAt(1_100)],
    /after 1000 ms/,
  ],
  ['given up soon, for another reason', { ...produce, answeredAtMs: undefined }, [closedAt(120)], undefined],
  ['open when the run ended', { ...produce, answeredAtMs: undefined }, [closedAt(1_100, 4)], undefined],
  ['late because a fault made it so', { ...produce, answeredAtMs: 900, fault: 'delay' }, [], undefined],
] as const)('slow broker: a request that was %s', (_, request, trace, because) => {
  const told = slownessOf(history([], { producer: settings, requests: [request], trace }))
  if (because === undefined) expect(told).toBeUndefined()
  else expect(told).toMatch(because)
})

test('slow broker: acks=0 asks for no answer', () => {
  const silent = { ...produce, answeredAtMs: undefined }
  const told = history([], { producer: { ...settings, acks: 0 }, requests: [silent], trace: [closedAt(5_000)] })
  expect(slownessOf(told)).toBeUndefined()
})
