import { metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { batchOf, Simulation } from './simulated.ts'

test('events: a subscriber hears what happens, of all kinds or of one, until it has had enough', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const all: string[] = []
  const offsets: bigint[] = []
  const stop = sim.cluster.subscribe((event) => void all.push(event.event))
  sim.cluster.subscribe('batch-appended', ({ baseOffset }) => void offsets.push(baseOffset))
  sim.produce(batchOf(2))
  expect(all).toEqual(['connection-accepted', 'request-received', 'batch-appended', 'request-answered'])
  stop()
  stop()
  sim.produce(batchOf(2))
  expect(all).toHaveLength(4)
  expect(offsets).toEqual([0n, 2n])
})

test('events: what happened can be read afterwards, as far as it was kept', () => {
  const sim = new Simulation({ topics: { orders: 1 }, eventsMax: 3 })
  sim.produce(batchOf(1))
  expect([...sim.cluster.events].map(({ event }) => event)).toEqual([
    'request-received',
    'batch-appended',
    'request-answered',
  ])
  expect(sim.cluster.events.of('batch-appended')).toMatchObject([{ topic: 'orders', records: 1 }])
  expect(sim.cluster.events.length + sim.cluster.events.dropped).toBe(sim.events.length)
})

test('events: a long run keeps the latest and no more', () => {
  const sim = new Simulation({ topics: { orders: 1 }, eventsMax: 100 })
  const client = sim.client()
  for (let i = 0; i < 2000; i++) sim.ask(metadata, 9, { topics: [] }, { client, ms: 1 })
  expect(sim.cluster.events.length).toBe(100)
  expect([...sim.cluster.events].at(-1)).toEqual(sim.events.at(-1))
})

test('events: a subscriber that throws is found, and disturbs neither the cluster nor other subscribers', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  let heard = 0
  sim.cluster.subscribe(() => {
    throw new Error('no more of this')
  })
  sim.cluster.subscribe('batch-appended', () => void heard++)
  expect(sim.produce(batchOf(1))).toMatchObject({ errorCode: 0 })
  expect(heard).toBe(1)
  expect(sim.cluster.findings[0]).toMatchObject({
    kind: 'internal',
    message: 'a subscriber to events threw: no more of this',
  })
})

test('events: requests, answers and faults name the request by its number in the journal', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ name: 'slow', on: { api: 'Produce' }, do: { delay: 1 } })
  sim.ask(metadata, 9, { topics: [] })
  sim.produce(batchOf(1))
  const [entry] = sim.cluster.requests.filter({ api: 'Produce' })
  expect(entry?.id).toBe(2)
  for (const kind of ['request-received', 'fault-hit', 'request-answered'] as const) {
    expect(sim.cluster.events.of(kind).map(({ request }) => request)).toContain(2)
  }
})
