import { apiVersions, encodeRequest, fetch, initProducerId, kafkaErrors, metadata, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { batchOf, Simulation } from './simulated.ts'

/** Rules F and A of the broker: frames, connections, ApiVersions. */

const everything = { topics: null } as const

/** A request frame with another API key or version in its header. */
function reheaded(apiKey: number, version: number): Uint8Array {
  const frame = encodeRequest(metadata, 1, { correlationId: 1, clientId: 'raw' }, { topics: [] })
  const view = new DataView(frame.buffer, frame.byteOffset)
  view.setInt16(4, apiKey)
  view.setInt16(6, version)
  return frame
}

function lengthPrefix(size: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, size)
  return bytes
}

test.each([-1, 100 * 1024 * 1024 + 1, 369_295_616])(
  'F1: a frame of %i bytes closes the connection, unanswered',
  (size) => {
    const sim = new Simulation()
    const client = sim.client()
    client.sendBytes(lengthPrefix(size))
    sim.run(5)
    expect([client.closed, client.answers.length]).toEqual(['fin', 0])
    expect(sim.cluster.findings.map(({ kind }) => kind)).toEqual(['malformed-frame'])
  },
)

test('F1: requests before the bad frame are answered', () => {
  const sim = new Simulation()
  const client = sim.client()
  const good = encodeRequest(metadata, 1, { correlationId: 7, clientId: null }, { topics: [] })
  client.sendBytes(Uint8Array.of(...good, ...lengthPrefix(-5)))
  sim.run(5)
  expect([client.answeredIds, client.closed]).toEqual([[7], 'fin'])
})

test('F1: a frame as long as the limit is taken', () => {
  const sim = new Simulation({ frameBytesMax: 64, topics: { orders: 1 } })
  const client = sim.client()
  const frame = encodeRequest(metadata, 1, { correlationId: 1, clientId: 'x'.repeat(50) }, { topics: [] })
  expect(frame.length - 4).toBe(64)
  client.sendBytes(frame)
  sim.run(5)
  expect(client.answeredIds).toEqual([1])
})

test('F2: a broker waits for the rest of a frame', () => {
  const sim = new Simulation()
  const client = sim.client()
  const frame = encodeRequest(metadata, 1, { correlationId: 1, clientId: 'raw' }, everything)
  client.sendBytes(frame.subarray(0, 9))
  sim.run(60_000)
  expect([client.closed, client.answers.length]).toEqual([undefined, 0])
  client.sendBytes(frame.subarray(9))
  sim.run(5)
  expect(client.answeredIds).toEqual([1])
})

test.each([
  ['an unknown API', 999, 0, 'unknown-api'],
  ['an API that is not played', 24, 5, 'unknown-api'],
  ['a version too high', 3, 99, 'unsupported-version'],
  ['Produce v2', 0, 2, 'unsupported-version'],
  ['a negative version', 3, -1, 'unsupported-version'],
] as const)('F3: %s closes the connection, unanswered', (_, key, version, kind) => {
  const sim = new Simulation()
  const client = sim.client()
  client.sendBytes(reheaded(key, version))
  sim.run(5)
  expect([client.closed, client.answers.length, sim.cluster.findings[0]?.kind]).toEqual(['fin', 0, kind])
})

test('F3: a header that ends too early closes the connection', () => {
  const sim = new Simulation()
  const client = sim.client()
  client.sendBytes(Uint8Array.of(0, 0, 0, 3, 0, 3, 0))
  sim.run(5)
  expect([client.closed, sim.cluster.findings[0]?.kind]).toEqual(['fin', 'malformed-frame'])
})

test('F3: a cluster made to look old serves no newer version', () => {
  const sim = new Simulation({ apiVersions: { Metadata: { max: 8 }, InitProducerId: false } })
  const rows = sim.ask(apiVersions, 0, {})?.apiKeys
  expect(rows?.find(({ apiKey }) => apiKey === metadata.key)).toEqual({ apiKey: 3, minVersion: 0, maxVersion: 8 })
  expect(rows?.find(({ apiKey }) => apiKey === initProducerId.key)).toBeUndefined()
  expect(sim.ask(metadata, 9, everything)).toBeUndefined()
  expect(sim.ask(metadata, 8, everything)).toBeDefined()
})

test('F4: a body that does not parse closes the connection', () => {
  const sim = new Simulation()
  const client = sim.client()
  const frame = encodeRequest(metadata, 1, { correlationId: 1, clientId: 'raw' }, { topics: [{ name: 'orders' }] })
  const cut = frame.subarray(0, frame.length - 3)
  new DataView(cut.buffer, cut.byteOffset).setInt32(0, cut.length - 4)
  client.sendBytes(cut)
  sim.run(5)
  expect([client.closed, sim.cluster.findings[0]?.kind]).toEqual(['fin', 'malformed-body'])
})

test('F5: bytes left over after the body are accepted', () => {
  const sim = new Simulation()
  const client = sim.client()
  const frame = encodeRequest(metadata, 1, { correlationId: 4, clientId: 'raw' }, everything)
  const longer = Uint8Array.of(...frame, 1, 2, 3)
  new DataView(longer.buffer).setInt32(0, longer.length - 4)
  client.sendBytes(longer)
  sim.run(5)
  expect([client.answeredIds, client.closed]).toEqual([[4], undefined])
})

test('F6: answers come in the order of the requests, and a slow one blocks those behind it', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Metadata', nth: 2 }, do: { delay: 500 } })
  const client = sim.client()
  for (let i = 0; i < 4; i++) client.send(metadata, 9, everything)
  sim.run(400)
  expect(client.answeredIds).toEqual([1])
  expect(sim.cluster.requests.filter({ api: 'Metadata' })).toHaveLength(2)
  const other = sim.client()
  expect(sim.ask(metadata, 9, everything, { client: other })).toBeDefined()
  sim.run(200)
  expect(client.answeredIds).toEqual([1, 2, 3, 4])
})

test('F6: a long poll blocks the requests behind it', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const client = sim.client()
  const asked = { partition: 0, fetchOffset: 0n, partitionMaxBytes: 100 }
  const topics = [{ topic: 'orders', partitions: [asked] }]
  client.send(fetch, 11, { maxWaitMs: 300, minBytes: 1, topics })
  client.send(metadata, 9, everything)
  sim.run(250)
  expect(client.answeredIds).toEqual([])
  sim.run(100)
  expect(client.answeredIds).toEqual([1, 2])
})

test('F7: a null client id is one like any other', () => {
  const sim = new Simulation()
  const client = sim.client()
  client.clientId = null
  expect(sim.ask(metadata, 9, everything, { client })).toBeDefined()
})

test('F8: an idle connection is closed after ten minutes, a used one is not', () => {
  const sim = new Simulation()
  const idle = sim.client()
  const used = sim.client()
  sim.run(300_000)
  sim.ask(metadata, 9, everything, { client: used })
  sim.run(300_010)
  expect([idle.closed, used.closed]).toEqual(['fin', undefined])
  sim.run(300_000)
  expect(used.closed).toBe('fin')
})

test('F9: a connection too many is accepted and closed at once', () => {
  const sim = new Simulation({ connectionsMax: 2 })
  const clients = [sim.client(), sim.client(), sim.client()]
  expect(clients.map(({ closed }) => closed)).toEqual([undefined, undefined, 'fin'])
  expect(sim.cluster.findings[0]?.kind).toBe('limit')
  clients[0]?.link.close()
  sim.run(5)
  expect(sim.client().closed).toBeUndefined()
})

test('A1: an unknown version is answered in version 0, with the versions of ApiVersions alone', () => {
  const sim = new Simulation()
  const client = sim.client()
  const frame = encodeRequest(
    apiVersions,
    3,
    { correlationId: 5, clientId: 'raw' },
    { clientSoftwareName: 'raw', clientSoftwareVersion: '1' },
  )
  new DataView(frame.buffer, frame.byteOffset).setInt16(6, 77)
  client.sendBytes(frame)
  sim.run(5)
  // Correlation id 5, error 35, one row: key 18, versions 0 to 4. Not a byte more.
  expect([...(client.answers[0]?.frame ?? [])]).toEqual([0, 0, 0, 5, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 4])
  expect(client.closed).toBeUndefined()
})

test.each(['', '_', ' ', '-a', 'a-', '.a', 'a.', 'a b', 'ü'])(
  'A2: the software name "%s" is refused, and the connection lives',
  (name) => {
    const sim = new Simulation()
    const client = sim.client()
    const bad = sim.ask(apiVersions, 3, { clientSoftwareName: name, clientSoftwareVersion: '1' }, { client })
    expect(bad).toMatchObject({ errorCode: kafkaErrors.INVALID_REQUEST.code, apiKeys: [] })
    const worse = sim.ask(apiVersions, 3, { clientSoftwareName: 'a', clientSoftwareVersion: name }, { client })
    expect(worse?.errorCode).toBe(kafkaErrors.INVALID_REQUEST.code)
    expect(client.closed).toBeUndefined()
  },
)

test.each(['a', '1', 'apache-kafka-java', '4.0.0', 'a--b..c'])('A2: "%s" is a software name', (name) => {
  const answer = new Simulation().ask(apiVersions, 4, { clientSoftwareName: name, clientSoftwareVersion: name })
  expect(answer?.errorCode).toBe(0)
})

test('A3, A4: ApiVersions is answered again at any time, in every version', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const client = sim.client()
  sim.produce(batchOf(1), { client })
  for (let version = 0; version <= 4; version++) {
    const body = version < 3 ? {} : { clientSoftwareName: 'raw', clientSoftwareVersion: '1' }
    expect(sim.ask(apiVersions, version, body, { client })?.apiKeys.map(({ apiKey }) => apiKey)).toEqual([
      0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 32, 33, 37, 42, 44, 47, 60, 61, 75,
    ])
  }
})

test('A5: the response header stays plain in flexible versions', () => {
  const sim = new Simulation()
  const client = sim.client()
  client.send(apiVersions, 3, { clientSoftwareName: 'raw', clientSoftwareVersion: '1' })
  sim.run(5)
  // Correlation id, then at once the error code: no tagged fields between.
  expect([...(client.answers[0]?.frame.subarray(0, 7) ?? [])]).toEqual([0, 0, 0, 1, 0, 0, 29])
})

test('A6: Produce is listed from version 0 on, and served from 3 on', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const row = sim.ask(apiVersions, 0, {})?.apiKeys.find(({ apiKey }) => apiKey === produce.key)
  expect(row).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 13 })
})
