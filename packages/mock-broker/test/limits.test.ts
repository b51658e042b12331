import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createPartitions, createTopics, metadata } from '@harrow/protocol'
import { simulatedRuntime } from '@harrow/runtime/sim'
import { expect, test } from 'vitest'
import { ClusterCore, type ClusterOptions, ClusterOptionsError, JournalOverflowError } from '../src/core.ts'
import { handlers } from '../src/handlers/index.ts'
import { batchOf, Simulation } from './simulated.ts'

test('journal: keeps what was asked, decoded, with when and by whom', () => {
  const sim = new Simulation({ topics: { orders: 2 } })
  sim.produce(batchOf(1), { partition: 1 })
  expect(sim.cluster.requests.length).toBe(1)
  expect(sim.cluster.requests.at(0)).toMatchObject({
    broker: 1,
    connection: 1,
    clientId: 'raw',
    api: 'Produce',
    version: 9,
    correlationId: 1,
    applied: true,
    fault: undefined,
    body: { acks: -1, topicData: [{ name: 'orders' }] },
  })
  const [entry] = sim.cluster.requests
  expect(entry?.answeredAtMs).toBeGreaterThanOrEqual(entry?.receivedAtMs ?? Number.POSITIVE_INFINITY)
})

test.each([{ journalEntriesMax: 5 }, { journalBytesMax: 200 }])(
  'journal: reading it after it dropped something throws (%j)',
  (limits) => {
    const sim = new Simulation({ topics: { orders: 1 }, ...limits })
    const client = sim.client()
    for (let i = 0; i < 50; i++) sim.ask(metadata, 9, { topics: [] }, { client })
    expect(sim.cluster.requests.dropped).toBeGreaterThan(0)
    for (const read of [
      () => sim.cluster.requests.length,
      () => sim.cluster.requests.filter({}),
      () => sim.cluster.requests.at(0),
      () => [...sim.cluster.requests],
    ]) {
      expect(read).toThrow(JournalOverflowError)
    }
  },
)

test('journal: told to drop, it keeps the latest and counts the rest', () => {
  const sim = new Simulation({ journalEntriesMax: 5, journalOverflow: 'drop' })
  const client = sim.client()
  for (let i = 0; i < 3000; i++) client.send(metadata, 9, { topics: [] })
  sim.run(10)
  expect([sim.cluster.requests.length, sim.cluster.requests.dropped]).toEqual([5, 2995])
  expect([...sim.cluster.requests].map(({ correlationId }) => correlationId)).toEqual([2996, 2997, 2998, 2999, 3000])
  expect(sim.cluster.requests.at(-1)?.correlationId).toBe(3000)
})

test('log: full, it refuses like a full disk, and says so', () => {
  const sim = new Simulation({ topics: { orders: 1 }, logBytesMax: batchOf(1).length * 2 })
  expect([1, 2, 3].map(() => sim.produce(batchOf(1))?.errorCode)).toEqual([0, 0, 56])
  expect(sim.cluster.findings[0]).toMatchObject({ kind: 'limit', message: expect.stringContaining('logBytesMax') })
})

test('log: told to, it deletes the oldest batches, and the log start follows', () => {
  const sim = new Simulation({
    topics: { orders: 1 },
    logBytesMax: batchOf(2).length * 3,
    logOverflow: 'delete-oldest',
  })
  for (let i = 0; i < 5; i++) sim.produce(batchOf(2))
  expect(sim.produce(batchOf(2))).toMatchObject({ errorCode: 0, baseOffset: 10n, logStartOffset: 6n })
  expect(sim.cluster.offsets('orders', 0)).toMatchObject({ start: 6n, end: 12n })
  expect(sim.cluster.records('orders', 0).map(({ offset }) => offset)).toEqual([6n, 7n, 8n, 9n, 10n, 11n])
})

test.each<[object, string]>([
  [{ broker: 3 }, 'broker: unknown key "broker", did you mean "brokers"?'],
  [
    { brokers: 0 },
    'brokers: must be a whole number from 1 to 1000, or a list; each item an object with id, host, port, rack, kafka, not 0',
  ],
  [{ brokers: [{ id: 1 }, { id: 1 }] }, 'brokers.1.id: 1 is already taken'],
  [
    { topics: { orders: { partions: 3 } } },
    'topics.orders.partions: unknown key "partions", did you mean "partitions"?',
  ],
  [{ topics: { orders: { replicas: 2 } } }, 'topics.orders.replicas: must be at most the number of brokers, 1, not 2'],
  [
    { topics: { 'a b': 1 } },
    'topics.a b: topic name has a character other than ASCII letters, digits, ".", "_" and "-"',
  ],
  [
    { topics: { orders: { config: { 'min.insync': 2 } } } },
    'topics.orders.config.min.insync: unknown key "min.insync"',
  ],
  [{ partitionsMax: 4, topics: { orders: 3, audit: 2 } }, 'topics: 5 partitions exceed 4 (partitionsMax)'],
  [{ frameBytesMax: '1 GB' }, 'frameBytesMax: must be a size'],
  [{ apiVersions: { Prodce: false } }, 'apiVersions.Prodce: no API of this cluster, did you mean "Produce"?'],
  [{ journalOverflow: 'thorw' }, 'journalOverflow: must be one of "throw", "drop", not "thorw", did you mean "throw"?'],
])('options: %j is refused', (options, message) => {
  const make = () => new ClusterCore(simulatedRuntime({ seed: 1 }), options as ClusterOptions)
  expect(make).toThrow(ClusterOptionsError)
  expect(make).toThrow(message)
})

test('options: topic configuration may be strings of digits, as in Kafka', () => {
  const config = {
    'max.message.bytes': String(batchOf(1).length),
    'message.timestamp.after.max.ms': '9223372036854775807',
  }
  const sim = new Simulation({ topics: { orders: { config } } })
  expect([sim.produce(batchOf(1))?.errorCode, sim.produce(batchOf(2))?.errorCode]).toEqual([0, 10])
})

test('reset: rules, journal, findings and records are gone, configured topics are there again', () => {
  const sim = new Simulation({ topics: { orders: 2 } })
  const before = sim.cluster.topics[0]?.id
  sim.cluster.fault({ on: { api: 'Metadata' }, do: { error: 5 }, times: 'always' })
  sim.cluster.createTopic('extra')
  sim.produce(batchOf(1))
  sim.cluster.reset()
  expect([sim.cluster.faults(), sim.cluster.requests.length, sim.cluster.records('orders')]).toEqual([[], 0, []])
  expect(sim.cluster.topics.map(({ name, partitions }) => [name, partitions])).toEqual([['orders', 2]])
  expect(sim.cluster.topics[0]?.id).not.toBe(before)
  expect(sim.produce(batchOf(1))).toMatchObject({ errorCode: 0, baseOffset: 0n })
})

test('same seed, same cluster: events are equal to the last number', () => {
  const run = (seed: number): string => {
    const sim = new Simulation({ seed, brokers: 3, topics: { orders: 6 }, network: {} })
    const clients = [sim.client(1), sim.client(2), sim.client(3)]
    sim.cluster.fault({
      on: { api: 'Produce' },
      do: { disconnect: 'after-handling' },
      probability: 0.3,
      times: 'always',
    })
    for (let i = 0; i < 30; i++) {
      const client = clients[i % 3]
      if (client !== undefined) sim.produce(batchOf(1), { client, partition: i % 6 })
    }
    return JSON.stringify(sim.events, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  }
  expect(run(4)).toBe(run(4))
  expect(run(4)).not.toBe(run(5))
})

const topicOf = (name: string, numPartitions: number) => ({
  name,
  numPartitions,
  replicationFactor: 1,
  assignments: [],
  configs: [],
})

test('partitions: no request makes more of them than the whole cluster may have, and the refusal is a finding', () => {
  const sim = new Simulation({ partitionsMax: 10, topics: { orders: 4 }, defaultPartitions: 3 })
  const create = (...topics: ReturnType<typeof topicOf>[]) =>
    sim.ask(createTopics, 5, { topics })?.topics.map(({ name, errorCode }) => [name, errorCode])
  // In the order of the request, each as far as there is room; POLICY_VIOLATION.
  expect(create(topicOf('a', 4), topicOf('b', 3), topicOf('c', 2))).toEqual([
    ['a', 0],
    ['b', 44],
    ['c', 0],
  ])
  const grow = { topics: [{ name: 'orders', count: 5, assignments: null }], timeoutMs: 0, validateOnly: false }
  expect(sim.ask(createPartitions, 2, grow)?.results[0]?.errorCode).toBe(44)
  sim.ask(metadata, 9, { topics: [{ name: 'auto' }], allowAutoTopicCreation: true })
  expect(sim.cluster.topics.map(({ name }) => name)).toEqual(['orders', 'a', 'c'])
  expect(() => sim.cluster.createTopic('mine', 1)).toThrow('10 and 1 more exceed 10 (partitionsMax)')
  expect(() => sim.cluster.admin.addPartitions('orders', 5)).toThrow(RangeError)
  expect(sim.cluster.findings.map(({ kind, message }) => [kind, message])).toEqual([
    ['limit', '3 partitions more than the 4 there are would exceed 10 (partitionsMax)'],
    ['limit', '1 partitions more than the 10 there are would exceed 10 (partitionsMax)'],
    ['limit', '3 partitions more than the 10 there are would exceed 10 (partitionsMax)'],
  ])
  // What a log line of the standalone broker is made of.
  const told = [...sim.cluster.events].filter(({ event }) => event === 'finding')
  expect(told).toMatchObject(sim.cluster.findings.map(({ kind, message }) => ({ kind, message })))
})

test('partitions: those of a deleted topic make room', () => {
  const sim = new Simulation({ partitionsMax: 4, topics: { orders: 4 } })
  sim.cluster.admin.deleteTopic('orders')
  sim.cluster.createTopic('audit', 4)
  sim.cluster.reset()
  expect(sim.cluster.topics.map(({ name }) => name)).toEqual(['orders'])
})

test('handlers: the list and the folder are equal', () => {
  const notHandlers = ['group-request', 'handler', 'index', 'leader-hint', 'topic-operation']
  const files = readdirSync(join(import.meta.dirname, '../src/handlers')).map((file) => file.replace('.ts', ''))
  const kebab = (name: string): string => name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase()
  expect(files.filter((file) => !notHandlers.includes(file)).sort()).toEqual(
    handlers.map(({ api }) => kebab(api.name)).sort(),
  )
})
