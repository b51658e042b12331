import { fetch, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { batchOf, Simulation } from './simulated.ts'

test('journal: holds the answer that went out, decoded', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.produce(batchOf(2))
  expect(sim.cluster.requests.at(0)?.answer).toMatchObject({
    responses: [{ name: 'orders', partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 0n }] }],
  })
})

test('journal: an answer that never went out is none, whatever the request did', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { drop: 'response' } })
  sim.produce(batchOf(1))
  sim.produce(batchOf(1), { acks: 0 })
  for (const entry of sim.cluster.requests) {
    expect(entry).toMatchObject({ applied: true, answer: undefined, answeredAtMs: undefined })
  }
  expect(sim.cluster.requests.length).toBe(2)
})

test('journal: a client that is gone when its answer is ready has none', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { delay: '50ms', side: 'response' } })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  client.link.close('fin')
  sim.run(100)
  expect(sim.cluster.requests.at(0)).toMatchObject({ applied: true, answer: undefined, answeredAtMs: undefined })
  expect(sim.cluster.records('orders')).toHaveLength(1)
})

test('journal: of a Produce it tells which batches were appended, and which were known already', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const batch = () => batchOf(3, { producerId: 7n })
  sim.produce(batch())
  sim.produce(batch())
  sim.produce(batchOf(1), { topic: 'unknown' })
  expect([...sim.cluster.requests].map(({ batches }) => batches)).toEqual([
    [{ topic: 'orders', partition: 0, baseOffset: 0n, how: 'appended' }],
    [{ topic: 'orders', partition: 0, baseOffset: 0n, how: 'duplicate' }],
    [],
  ])
})

test('journal: does not keep what Fetch was answered', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.produce(batchOf(3))
  const topics = [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }]
  sim.ask(fetch, 4, { maxWaitMs: 0, minBytes: 0, topics })
  const [entry] = sim.cluster.requests.filter({ api: 'Fetch' })
  expect(entry).toMatchObject({ answer: undefined, answeredAtMs: expect.any(Number) })
})

test('journal: answers count towards its limit of bytes, and leave with their requests', () => {
  const sim = new Simulation({ topics: { orders: 1 }, journalBytesMax: 1000, journalOverflow: 'drop' })
  for (let i = 0; i < 100; i++) sim.produce(batchOf(1))
  const kept = [...sim.cluster.requests]
  expect(kept.length).toBeGreaterThan(2)
  expect(kept.length).toBeLessThan(1000 / (kept[0]?.bytes ?? 0))
  expect(kept.length + sim.cluster.requests.dropped).toBe(100)
})

test('journal: is filtered by whatever a request has, all conditions at once', () => {
  const sim = new Simulation({ topics: { orders: 2 } })
  sim.cluster.fault({ name: 'refuse', on: { api: 'Produce', partition: 1 }, do: { error: 6 }, times: 'always' })
  sim.produce(batchOf(1), { partition: 0 })
  sim.produce(batchOf(1), { partition: 1 })
  sim.produce(batchOf(1), { partition: 1, version: 8 })
  const ids = (query: Parameters<typeof sim.cluster.requests.filter>[0]) =>
    sim.cluster.requests.filter(query).map(({ id }) => id)
  expect(ids({ partition: 1 })).toEqual([2, 3])
  expect(ids({ fault: 'refuse', version: 8 })).toEqual([3])
  expect(ids({ applied: true })).toEqual([1])
  expect(ids({ connection: 2 })).toEqual([2])
  expect(ids({ api: produce.name, topic: 'others' })).toEqual([])
})
