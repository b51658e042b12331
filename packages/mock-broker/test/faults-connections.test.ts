import { metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { batchOf, Simulation } from './simulated.ts'

function world(): Simulation {
  return new Simulation({ brokers: 3, topics: { orders: 6 } })
}

const anything = { topics: null }

test('refuse: new connections are refused, open ones live on, and the door opens again in time', () => {
  const sim = world()
  const early = sim.client(2)
  sim.cluster.fault({ at: 0, do: { refuse: 2, for: '1s' } })
  sim.run(5)
  expect([sim.client(2).closed, sim.client(1).closed]).toEqual(['refused', undefined])
  expect(sim.ask(metadata, 9, anything, { client: early })?.brokers.map(({ nodeId }) => nodeId)).toEqual([1, 2, 3])
  sim.run(1000)
  expect(sim.ask(metadata, 9, anything, { broker: 2 })).toBeDefined()
})

test('refuse: ends when its rule is taken out', () => {
  const sim = world()
  const fault = sim.cluster.fault({ at: 0, do: { refuse: 2 } })
  sim.run(5)
  expect(sim.client(2).closed).toBe('refused')
  fault.remove()
  sim.run(5)
  expect(sim.client(2).closed).toBeUndefined()
})

test('refuse: a broker that is stopped while it refuses frees its port, and comes back with an open door', () => {
  const sim = world()
  sim.cluster.fault({ at: 0, do: { refuse: 2 } })
  sim.run(5)
  let isDown = false
  sim.cluster.broker(2).stop(() => (isDown = true))
  sim.run(5)
  expect(isDown).toBe(true)
  sim.cluster.broker(2).start()
  sim.run(5)
  expect([sim.client(2).closed, sim.cluster.findings]).toEqual([undefined, []])
})

test.each([
  ['then-close', 'fin'],
  ['then-reset', 'reset'],
] as const)('accept: %s ends the connection before anything is read of it', (accept, closed) => {
  const sim = world()
  sim.cluster.fault({ on: { broker: 1, nth: 2 }, do: { accept } })
  const [first, second, third] = [sim.client(), sim.client(), sim.client()]
  second.send(metadata, 9, anything)
  sim.run(5)
  expect([first.closed, second.closed, third.closed]).toEqual([undefined, closed, undefined])
  expect([second.answers.length, sim.cluster.requests.length]).toEqual([0, 0])
  expect(sim.cluster.broker(1).openConnections).toBe(2)
})

test('accept: later, requests are answered until then', () => {
  const sim = world()
  sim.cluster.fault({ on: { broker: 1 }, do: { accept: 'then-reset', after: '100ms' } })
  const client = sim.client()
  expect(sim.ask(metadata, 9, anything, { client })).toBeDefined()
  sim.run(100)
  expect(client.closed).toBe('reset')
})

test('hang: the connection opens and nothing comes back, until the client closes it', () => {
  const sim = world()
  sim.cluster.fault({ on: { nth: 1 }, do: { hang: 'connection' } })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  sim.run(3_600_000)
  expect([client.isOpen, client.closed, client.answers.length]).toEqual([true, undefined, 0])
  expect(sim.cluster.records('orders')).toEqual([])
  client.link.close()
  sim.run(5)
  expect(sim.cluster.broker(1).openConnections).toBe(0)
})

test('delay: of a connection, nothing is read of it until then, and then everything in order', () => {
  const sim = world()
  sim.cluster.fault({ on: { nth: 1 }, do: { delay: '1s', side: 'connection' } })
  const client = sim.client()
  for (let i = 0; i < 3; i++) client.send(metadata, 9, anything)
  sim.run(900)
  expect([client.answers.length, sim.cluster.requests.length]).toEqual([0, 0])
  sim.run(200)
  expect(client.answeredIds).toEqual([1, 2, 3])
})

test('idle-close: a connection that is used lives, one that is not is closed in good order', () => {
  const sim = world()
  sim.cluster.fault({ on: { broker: 1 }, do: { 'idle-close': '200ms' }, times: 'always' })
  const [busy, idle] = [sim.client(), sim.client()]
  const elsewhere = sim.client(2)
  for (let i = 0; i < 5; i++) {
    sim.run(90)
    sim.ask(metadata, 9, anything, { client: busy })
  }
  expect([busy.closed, idle.closed, elsewhere.closed]).toEqual([undefined, 'fin', undefined])
  sim.run(250)
  expect(busy.closed).toBe('fin')
})

test('stall: the request and all behind it wait, unread, and are handled in order when it is over', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { stall: '1s' } })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  client.send(metadata, 9, anything)
  sim.run(900)
  expect([client.answers.length, sim.cluster.requests.length, sim.cluster.records('orders').length]).toEqual([0, 1, 0])
  sim.run(200)
  expect([client.answeredIds, sim.cluster.records('orders').length]).toEqual([[1, 2], 1])
})

test('stall: the sender feels it: its writes are no longer taken', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { stall: 'for-ever' } })
  const client = sim.client()
  client.send(metadata, 9, anything)
  sim.run(5)
  const megabyte = new Uint8Array(1 << 20)
  client.link.write(megabyte)
  sim.run(60_000)
  expect([client.link.write(megabyte), client.closed, client.answers.length]).toEqual([false, undefined, 0])
  sim.cluster.stop(() => {})
  sim.run(1000)
  expect([sim.runtime.clock.pending, client.closed]).toEqual([0, 'fin'])
})

test('bandwidth: requests take as long as their bytes need', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { bandwidth: '1KiB', side: 'request' } })
  const client = sim.client()
  sim.ask(metadata, 9, anything, { client })
  const batch = batchOf([{ value: 'x'.repeat(2000) }])
  sim.produce(batch, { client })
  sim.run(1900)
  expect(sim.cluster.records('orders')).toHaveLength(0)
  sim.run(300)
  expect(sim.cluster.records('orders')).toHaveLength(1)
})

test('bandwidth: answers flow steadily, the answer to the request itself first', () => {
  const sim = new Simulation({ topics: { orders: 200 } })
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { bandwidth: '2KiB', side: 'response' } })
  const client = sim.client()
  const startMs = sim.nowMs
  client.send(metadata, 9, anything)
  sim.run(60_000)
  const bytes = client.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  expect(bytes).toBeGreaterThan(4096)
  expect(Math.max(...client.chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(2048 / 50)
  const tookMs = (client.answers[0]?.atMs ?? 0) - startMs
  expect(tookMs).toBeGreaterThan((bytes / 2048) * 1000 - 50)
  expect(tookMs).toBeLessThan((bytes / 2048) * 1000 + 50)
})

test('bandwidth: is lifted in time, and what waits gets through', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { bandwidth: '1B', for: '1s' } })
  const client = sim.client()
  client.send(metadata, 9, anything)
  sim.run(900)
  client.send(metadata, 9, anything)
  expect(client.answers).toHaveLength(0)
  sim.run(600_000)
  expect(client.answeredIds).toEqual([1, 2])
})

test('connections: a rule on them is not counted by requests, nor the other way round', () => {
  const sim = world()
  const onConnections = sim.cluster.fault({ on: { nth: 2 }, do: { accept: 'then-reset' } })
  const onRequests = sim.cluster.fault({ on: { nth: 2 }, do: { error: 'UNKNOWN_SERVER_ERROR' } })
  const client = sim.client()
  for (let i = 0; i < 3; i++) sim.ask(metadata, 9, { topics: [] }, { client })
  expect([onConnections.hits(), onRequests.hits()]).toEqual([0, 1])
  expect(sim.cluster.faults()[0]?.closest).toBe('1 connection fits so far; nth: 2 was not reached')
})

test('accept: with bytes, a request that is not whole by then is not applied, those before it are', () => {
  const sim = world()
  sim.cluster.fault({ on: { nth: 1 }, do: { accept: 'then-reset', bytes: 150 } })
  const client = sim.client()
  for (let i = 0; i < 3; i++) sim.produce(batchOf(1), { client })
  expect(client.closed).toBe('reset')
  expect([sim.cluster.records('orders').length, sim.cluster.findings]).toEqual([1, []])
})

test('clog: requests are handled as they come, and their answers arrive together and in order', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: { clog: '300ms' } })
  const client = sim.client()
  for (let i = 0; i < 3; i++) sim.produce(batchOf(1), { client })
  expect([sim.cluster.records('orders').length, client.answers.length]).toEqual([3, 0])
  const chunks = client.chunks.length
  sim.run(300)
  expect([client.answeredIds, client.chunks.length - chunks]).toEqual([[1, 2, 3], 1])
})

test('clog: of requests, what is sent waits and is applied afterwards', () => {
  const sim = world()
  const fault = sim.cluster.fault({ on: { api: 'Metadata' }, do: { clog: 'for-ever', side: 'request' } })
  const client = sim.client()
  expect(sim.ask(metadata, 9, anything, { client })).toBeDefined()
  sim.produce(batchOf(1), { client })
  sim.run(60_000)
  expect(sim.cluster.records('orders')).toEqual([])
  fault.remove()
  sim.run(5)
  expect([sim.cluster.records('orders').length, client.answeredIds]).toEqual([1, [1, 2]])
})

test('clog: two at a time end one after the other', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { clog: '100ms' } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { clog: '300ms' } })
  const client = sim.client()
  sim.ask(metadata, 9, anything, { client })
  sim.produce(batchOf(1), { client })
  sim.run(200)
  expect(client.answeredIds).toEqual([])
  sim.run(200)
  expect(client.answeredIds).toEqual([1, 2])
})

test('cut-off: open and new connections are silent, then all that was sent arrives; other brokers are heard', () => {
  const sim = world()
  const early = sim.client(2)
  sim.cluster.fault({ at: 0, do: { 'cut-off': 2, for: '1s' } })
  sim.run(1)
  const late = sim.client(2)
  for (const client of [early, late]) sim.produce(batchOf(1), { client, partition: 1 })
  expect(sim.ask(metadata, 9, anything, { broker: 1 })).toBeDefined()
  expect([early.isOpen, late.isOpen, sim.cluster.records('orders').length]).toEqual([true, true, 0])
  expect(sim.cluster.leader('orders', 1).id).toBe(2)
  sim.run(1000)
  expect([early.answeredIds, late.answeredIds, sim.cluster.records('orders').length]).toEqual([[1], [1], 2])
})

test('cut-off: one way, requests are applied and their answers are late', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: { 'cut-off': 'leader', side: 'response', for: '1s' } })
  const client = sim.client()
  expect(sim.produce(batchOf(1), { client })).toBeUndefined()
  expect(sim.cluster.records('orders')).toHaveLength(1)
  sim.run(1000)
  expect(client.answeredIds).toEqual([1])
})
