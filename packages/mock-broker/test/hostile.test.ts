import { apis, encodeRequest, metadata, produce } from '@harrow/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchOf, Simulation } from './simulated.ts'

/** No byte of a client may throw out of the cluster, or reach another connection. */

const producing = { acks: -1, timeoutMs: 1000 }

const seeds: readonly Uint8Array[] = [
  encodeRequest(apis.ApiVersions, 3, header(1), { clientSoftwareName: 'raw', clientSoftwareVersion: '1' }),
  encodeRequest(metadata, 12, header(2), { topics: [{ name: 'orders' }] }),
  encodeRequest(metadata, 1, header(3), { topics: null }),
  ...[3, 9, 13].map((version) =>
    encodeRequest(produce, version, header(4), {
      ...producing,
      topicData: [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(3, { producerId: 4n }) }] }],
    }),
  ),
  encodeRequest(apis.InitProducerId, 4, header(5), { transactionalId: null, transactionTimeoutMs: 1 }),
  encodeRequest(apis.Fetch, 11, header(6), {
    maxWaitMs: 5,
    minBytes: 1,
    topics: [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }],
  }),
  encodeRequest(apis.ListOffsets, 5, header(7), {
    replicaId: -1,
    topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: 5n }] }],
  }),
  encodeRequest(apis.CreateTopics, 5, header(8), {
    topics: [
      { name: 'x', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [{ name: 'a', value: 'b' }] },
    ],
  }),
  encodeRequest(apis.FindCoordinator, 4, header(9), { key: '', coordinatorKeys: ['a'] }),
]

function header(correlationId: number) {
  return { correlationId, clientId: 'hostile' }
}

const mutation = fc.record({
  seed: fc.nat(seeds.length - 1),
  flips: fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { maxLength: 4 }),
  cut: fc.option(fc.nat()),
  // Half of the time the length prefix stays true, or almost nothing would get past the framing.
  isPrefixTrue: fc.boolean(),
})

function mutated({
  seed,
  flips,
  cut,
  isPrefixTrue,
}: typeof mutation extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  const whole = seeds[seed] ?? new Uint8Array()
  const bytes = whole.slice(0, cut === null ? whole.length : 4 + (cut % (whole.length - 4)))
  for (const { at, to } of flips) bytes[4 + (at % Math.max(bytes.length - 4, 1))] = to
  if (isPrefixTrue) new DataView(bytes.buffer).setInt32(0, bytes.length - 4)
  return bytes
}

test('hostile bytes: mutated frames end at worst their own connection, and never as a mistake of the cluster', () => {
  const sim = new Simulation({
    topics: { orders: 1 },
    journalEntriesMax: 100,
    journalOverflow: 'drop',
    logBytesMax: '1MiB',
    logOverflow: 'delete-oldest',
  })
  const bystander = sim.client()
  let asked = 0
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const client = sim.client()
      for (const one of mutations) client.sendBytes(mutated(one))
      sim.run(10)
      client.link.close('reset')
      sim.run(1)
      expect(sim.cluster.findings.filter(({ kind }) => kind === 'internal')).toEqual([])
      if (++asked % 100 === 0) expect(sim.ask(metadata, 9, { topics: [] }, { client: bystander })).toBeDefined()
    }),
    { numRuns: 1500, seed: 7 },
  )
  expect([bystander.closed, sim.cluster.broker(1).openConnections]).toEqual([undefined, 1])
})

test('hostile bytes: any byte of a valid Produce may be any other', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const frame = seeds[4] ?? new Uint8Array()
  for (let at = 4; at < frame.length; at++) {
    for (const xor of [0x01, 0x80, 0xff]) {
      const bytes = frame.slice()
      bytes[at]! ^= xor
      const client = sim.client()
      client.sendBytes(bytes)
      sim.run(2)
      client.link.close()
    }
  }
  expect(sim.cluster.findings.filter(({ kind }) => kind === 'internal')).toEqual([])
})

test('hostile bytes: random garbage', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
      const client = sim.client()
      client.sendBytes(garbage)
      sim.run(1)
      client.link.close()
      sim.run(1)
      expect(sim.cluster.findings.filter(({ kind }) => kind === 'internal')).toEqual([])
    }),
    { numRuns: 1000, seed: 3 },
  )
})

test('hostile bytes: requests one byte at a time, and many in one piece', () => {
  const sim = new Simulation({ topics: { orders: 1 }, network: { latencyMs: { min: 0, max: 0.5 }, chunkBytesMax: 1 } })
  const slow = sim.client()
  for (let i = 0; i < 5; i++) slow.send(metadata, 9, { topics: null })
  sim.run(2000)
  expect(slow.answeredIds).toEqual([1, 2, 3, 4, 5])
  const fast = new Simulation({ topics: { orders: 1 } })
  const client = fast.client()
  const frame = encodeRequest(metadata, 9, header(1), { topics: null })
  client.sendBytes(Uint8Array.from(Array.from({ length: 500 }, () => [...frame]).flat()))
  fast.run(10)
  expect(client.answers).toHaveLength(500)
})

test('a client that does not read is not answered further, and loses nothing when it reads again', () => {
  const sim = new Simulation({ topics: { orders: { partitions: 500 } } })
  const client = sim.client()
  client.link.pauseReading()
  for (let i = 0; i < 200; i++) client.send(metadata, 9, { topics: null })
  sim.run(100)
  const handled = sim.cluster.requests.length
  expect(handled).toBeLessThan(100)
  client.link.resumeReading()
  sim.run(100)
  expect(client.answers).toHaveLength(200)
})
