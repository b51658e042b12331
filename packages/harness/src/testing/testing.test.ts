import type { StoredRecord } from '@harrow/mock-broker'
import { expect, test } from 'vitest'
import type { ClusterView } from './check.ts'
import { eventually } from './eventually.ts'
import { hasNoDuplicates } from './has-no-duplicates.ts'
import { hasReceived } from './has-received.ts'
import { hasReceivedInOrder } from './has-received-in-order.ts'
import { hasStored } from './has-stored.ts'
import { matchesRecord, type RecordMatch } from './record-match.ts'

const utf8 = new TextEncoder()

function record(partition: number, offset: number, value: string | Uint8Array | null, key: string | null = null) {
  const bytes = (text: string | Uint8Array | null) => (typeof text === 'string' ? utf8.encode(text) : text)
  const idempotence = { producerId: -1n, producerEpoch: -1, sequence: -1, compression: 'none' } as const
  const headers = [{ key: 'trace', value: utf8.encode('t-1') }]
  const place = { topic: 'orders', partition, offset: BigInt(offset), timestamp: 0 }
  return { ...place, key: bytes(key), value: bytes(value), headers, ...idempotence } satisfies StoredRecord
}

function cluster(...records: StoredRecord[]): ClusterView {
  const topics = [{ name: 'orders', id: '', partitions: 2 }]
  return { topics, records: () => records, requests: [] as unknown as ClusterView['requests'] }
}

test.each<[RecordMatch, boolean]>([
  [{}, true],
  [{ key: 'o-1' }, true],
  [{ key: 'o-2' }, false],
  [{ key: null }, false],
  [{ key: /^o-\d$/g }, true],
  [{ value: { id: 1 } }, true],
  [{ value: { id: 1, lines: [{ sku: 'a' }] } }, true],
  [{ value: { lines: [] } }, false],
  [{ value: { id: '1' } }, false],
  [{ value: { toString: undefined } }, false],
  [{ value: '{"id":1,"lines":[{"sku":"a","n":2}]}' }, true],
  [{ value: utf8.encode('{') }, false],
  [{ headers: { trace: 't-1' } }, true],
  [{ headers: { other: 't-1' } }, false],
  [{ partition: 3, key: 'o-1' }, true],
  [{ partition: 0 }, false],
  [(one) => one.offset === 7n, true],
])('record match: %j is %s', (match, expected) => {
  const lines = [{ sku: 'a', n: 2 }]
  expect(matchesRecord(record(3, 7, JSON.stringify({ id: 1, lines }), 'o-1'), match)).toBe(expected)
})

test('record match: bytes that are no text match no text, and their own bytes', () => {
  const binary = record(0, 0, Uint8Array.of(0xff, 0xfe))
  expect(matchesRecord(binary, { value: '\ufffd\ufffd' })).toBe(false)
  expect(matchesRecord(binary, { value: Uint8Array.of(0xff, 0xfe) })).toBe(true)
  expect(matchesRecord(binary, { value: /./ })).toBe(false)
})

test('has received: the message shows what was received', () => {
  const { pass, message } = hasReceived(
    cluster(record(0, 0, 'tea', 'o-1'), record(1, 0, Uint8Array.of(0xff), null)),
    'orders',
    {
      value: 'coffee',
    },
  )
  expect(pass).toBe(false)
  expect(message).toBe(
    [
      'topic orders has {"value":"coffee"} 0 times, wanted: at least once',
      'received: 2',
      '  0@0  key o-1   value tea   headers trace=t-1',
      '  1@0  key null  value 0xff  headers trace=t-1',
    ].join('\n'),
  )
})

test('has received: times means exactly', () => {
  const twice = cluster(record(0, 0, 'tea'), record(0, 1, 'tea'))
  const passes = [1, 2, 3].map((times) => hasReceived(twice, 'orders', { value: 'tea' }, { times }).pass)
  expect(passes).toEqual([false, true, false])
})

test('has received in order: within one partition, with others between', () => {
  const wanted = [{ value: 'a' }, { value: 'b' }]
  expect(
    hasReceivedInOrder(cluster(record(0, 0, 'a'), record(0, 1, 'x'), record(0, 2, 'b')), 'orders', wanted).pass,
  ).toBe(true)
  expect(hasReceivedInOrder(cluster(record(0, 0, 'b'), record(0, 1, 'a')), 'orders', wanted).pass).toBe(false)
  const apart = hasReceivedInOrder(cluster(record(0, 0, 'a'), record(1, 0, 'b')), 'orders', wanted)
  expect([apart.pass, apart.message.split('\n')[0]]).toEqual([
    false,
    'of 2 records in order, one partition of orders has 1, then no {"value":"b"}',
  ])
})

test('has no duplicates: the same content twice, or the same by the given identity', () => {
  const view = cluster(record(0, 0, 'tea', 'o-1'), record(1, 4, 'tea', 'o-1'), record(0, 1, 'tea', 'o-2'))
  const { pass, message } = hasNoDuplicates(view, 'orders')
  expect([pass, message]).toEqual([
    false,
    'topic orders has 1 duplicates among 3 records\n  0@0 and 1@4: key o-1 value tea',
  ])
  expect(hasNoDuplicates(view, 'orders', { by: ({ partition, offset }) => `${partition}@${offset}` }).pass).toBe(true)
})

test('has stored: counts', () => {
  expect([0, 1, 2].map((count) => hasStored(cluster(record(0, 0, 'a')), 'orders', count).pass)).toEqual([
    false,
    true,
    false,
  ])
})

test('eventually: looks again until it holds, and once when there is no time', async () => {
  let looks = 0
  const third = () => ({ pass: ++looks >= 3, message: '' })
  expect([(await eventually(third, { within: '2s' })).pass, looks]).toEqual([true, 3])
  looks = 0
  expect([(await eventually(third, { within: 0 })).pass, looks]).toEqual([false, 1])
  await expect(eventually(third, { within: 'soon' as never })).rejects.toThrow('within: soon is no duration')
})

test('has received: a topic that does not exist has received nothing', () => {
  expect(hasReceived({ ...cluster(), topics: [] }, 'orders').message).toContain('received: nothing')
})
