import { metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { ControlApi, type ControlResponse } from '../src/core.ts'
import { type Json, schemaProblem } from './json-schema-check.ts'
import { batchOf, Simulation } from './simulated.ts'

/** A cluster in virtual time with its control API: no socket anywhere. */
class Controlled extends Simulation {
  readonly api = new ControlApi(this.cluster, this.runtime.clock)

  /** Starts a request; the answers that have come so far are in the list, of which there must be one at most. */
  start(method: string, target: string, body?: unknown): { answers: ControlResponse[]; giveUp: () => void } {
    const answers: ControlResponse[] = []
    const bytes = new TextEncoder().encode(
      typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
    )
    const giveUp = this.api.take({ method, target, body: bytes }, (answer) => void answers.push(answer))
    return { answers, giveUp }
  }

  call(method: string, target: string, body?: unknown): { status: number; json: Json } {
    const { answers } = this.start(method, target, body)
    this.run(5)
    expect(answers).toHaveLength(1)
    return { status: answers[0]!.status, json: JSON.parse(String(answers[0]!.body)) }
  }
}

interface Document extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Json }>> }>
  >
}

const document = new Controlled().call('GET', '/openapi.json').json as Document

test('control: its OpenAPI document is the one that is committed (vitest -u writes it)', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../schema/openapi.json')
})

test('control: the document names every operation once, and every parameter of every path', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, operation })),
  )
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.length).toBeGreaterThan(20)
  for (const { path, operation } of operations) {
    const described = (operation.parameters ?? []).filter((one) => one.in === 'path')
    expect(described.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))
  }
})

const examples: readonly (readonly [method: string, target: string, operation: string, body?: unknown])[] = [
  ['GET', '/v1/cluster', '/v1/cluster'],
  ['GET', '/v1/brokers', '/v1/brokers'],
  ['GET', '/v1/brokers/2', '/v1/brokers/{broker}'],
  ['POST', '/v1/brokers/3/stop', '/v1/brokers/{broker}/stop'],
  ['POST', '/v1/brokers/3/start', '/v1/brokers/{broker}/start'],
  ['POST', '/v1/brokers/3/kill', '/v1/brokers/{broker}/kill'],
  ['GET', '/v1/topics', '/v1/topics'],
  ['POST', '/v1/topics', '/v1/topics', { name: 'new', partitions: 2, config: { 'min.insync.replicas': 2 } }],
  ['GET', '/v1/topics/orders', '/v1/topics/{topic}'],
  ['GET', '/v1/topics/orders/partitions/0', '/v1/topics/{topic}/partitions/{partition}'],
  [
    'POST',
    '/v1/topics/orders/partitions/0/move-leader',
    '/v1/topics/{topic}/partitions/{partition}/move-leader',
    { to: 2 },
  ],
  ['POST', '/v1/topics/orders/partitions/1/move-leader', '/v1/topics/{topic}/partitions/{partition}/move-leader'],
  ['GET', '/v1/topics/orders/partitions/0/batches', '/v1/topics/{topic}/partitions/{partition}/batches'],
  ['GET', '/v1/topics/orders/records?partition=0&limit=1', '/v1/topics/{topic}/records'],
  ...['remove-leader', 'elect-leader', 'elect-unclean', 'shrink-isr', 'restore-isr', 'lose-producer-state'].map(
    (word) =>
      ['POST', `/v1/topics/orders/partitions/0/${word}`, `/v1/topics/{topic}/partitions/{partition}/${word}`] as const,
  ),
  [
    'POST',
    '/v1/topics/orders/partitions/0/delete-records',
    '/v1/topics/{topic}/partitions/{partition}/delete-records',
    { offset: 1 },
  ],
  ['DELETE', '/v1/topics/orders', '/v1/topics/{topic}'],
  ['POST', '/v1/topics/orders/recreate', '/v1/topics/{topic}/recreate'],
  ['POST', '/v1/topics/orders/partitions', '/v1/topics/{topic}/partitions', { count: 5 }],
  ['POST', '/v1/brokers', '/v1/brokers', { rack: 'b' }],
  ['DELETE', '/v1/brokers/3', '/v1/brokers/{broker}'],
  ['POST', '/v1/brokers/1/freeze-metadata', '/v1/brokers/{broker}/freeze-metadata'],
  ['POST', '/v1/brokers/1/refresh-metadata', '/v1/brokers/{broker}/refresh-metadata'],
  ['POST', '/v1/brokers/1/skew-clock', '/v1/brokers/{broker}/skew-clock', { ms: -1000 }],
  ['POST', '/v1/brokers/1/log-dir', '/v1/brokers/{broker}/log-dir', { offline: true }],
  ['POST', '/v1/brokers/1/release', '/v1/brokers/{broker}/release', { kafka: '2.8' }],
  ['POST', '/v1/lag', '/v1/lag', { lag: '100ms', broker: 2, topic: 'orders', partition: 0 }],
  ['POST', '/v1/roll', '/v1/roll', { down: 1, to: '3.9' }],
  ['GET', '/v1/faults', '/v1/faults'],
  ['POST', '/v1/faults', '/v1/faults', { name: 'new one', on: { api: 'Fetch' }, do: { error: 6 } }],
  ['GET', '/v1/faults/lose%20one', '/v1/faults/{fault}'],
  ['GET', '/v1/faults/lose%20one/hits?count=1', '/v1/faults/{fault}/hits'],
  ['GET', '/v1/unconsumed-faults', '/v1/unconsumed-faults'],
  ['DELETE', '/v1/faults/lose%20one', '/v1/faults/{fault}'],
  ['DELETE', '/v1/faults', '/v1/faults'],
  ['GET', '/v1/requests?api=Produce&topic=orders', '/v1/requests'],
  ['GET', '/v1/findings', '/v1/findings'],
  ['GET', '/v1/events?event=batch-appended', '/v1/events'],
  ['GET', '/v1/delivery', '/v1/delivery'],
  ['POST', '/v1/reset', '/v1/reset'],
]

test.each(examples.map(([method, target, path, body]) => ({ method, target, path, body })))(
  'control: $method $target answers as the document says',
  ({ method, target, path, body }) => {
    const sim = new Controlled({ brokers: 3, topics: { orders: 3 } })
    sim.cluster.fault({ name: 'lose one', on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
    sim.cluster.fault({ name: 'never', on: { api: 'Produce', topic: 'ordres' }, do: { drop: 'response' } })
    for (let i = 0; i < 2; i++) {
      sim.produce(batchOf([{ key: 'k', value: 'v', headers: [{ key: 'h', value: Uint8Array.of(255) }] }]))
    }
    sim.produce(batchOf(1, { producerId: 2n ** 40n }))
    sim.client().sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff))
    sim.run(5)
    const { status, json } = sim.call(method, target, body)
    const described = document.paths[path]?.[method.toLowerCase()]?.responses[status]
    const schema = described?.content['application/json']?.schema ?? expect.fail(JSON.stringify(json))
    expect(schemaProblem(document, schema, json)).toBeUndefined()
  },
)

test('control: every operation of the document is tried above, exports aside', () => {
  const tried = new Set(examples.map(([method, , path]) => `${method} ${path}`))
  for (const [path, methods] of Object.entries(document.paths)) {
    if (path.startsWith('/v1/export/')) continue
    for (const method of Object.keys(methods)) expect(tried).toContain(`${method.toUpperCase()} ${path}`)
  }
})

test('control: a fault is added, waited for, and its hit arrives when it happens', () => {
  const sim = new Controlled({ topics: { orders: 1 } })
  const added = sim.call('POST', '/v1/faults', { name: 'lost', on: { api: 'Metadata' }, do: { drop: 'response' } })
  expect(added).toMatchObject({ status: 201, json: { name: 'lost', hits: 0, isConsumed: false } })
  const waiting = sim.start('GET', '/v1/faults/lost/hits?count=1&timeout=10s')
  sim.run(5000)
  expect(waiting.answers).toEqual([])
  sim.ask(metadata, 9, { topics: [] })
  expect(JSON.parse(String(waiting.answers[0]?.body))).toEqual({ name: 'lost', hits: 1, reached: true })
  sim.run(20_000)
  expect(waiting.answers).toHaveLength(1)
})

test('control: a wait ends with its timeout, and says that nothing came', () => {
  const sim = new Controlled()
  sim.call('POST', '/v1/faults', { name: 'lost', on: { api: 'Metadata' }, do: { drop: 'response' } })
  const waiting = sim.start('GET', '/v1/faults/lost/hits?timeout=300ms')
  sim.run(299)
  expect(waiting.answers).toEqual([])
  sim.run(1)
  expect(JSON.parse(String(waiting.answers[0]?.body))).toEqual({ name: 'lost', hits: 0, reached: false })
})

test('control: a client that goes while it waits leaves no timer and hears nothing', () => {
  const sim = new Controlled()
  sim.call('POST', '/v1/faults', { name: 'lost', on: { api: 'Metadata' }, do: { delay: 1 }, times: 'always' })
  const before = sim.runtime.clock.pending
  const waiting = sim.start('GET', '/v1/faults/lost/hits?timeout=10s')
  expect(sim.runtime.clock.pending).toBe(before + 1)
  waiting.giveUp()
  expect(sim.runtime.clock.pending).toBe(before)
  sim.ask(metadata, 9, { topics: [] })
  expect(waiting.answers).toEqual([])
})

test('control: events are followed as a stream, page by page, and waited for', () => {
  const sim = new Controlled({ topics: { orders: 1 } })
  sim.produce(batchOf(1))
  const pageOf = (query: string) => {
    const { events, next } = sim.call('GET', `/v1/events?${query}`).json as { events: Json[]; next: number }
    return { kinds: events.map(({ event }) => event), next }
  }
  const { kinds, next } = pageOf('after=0')
  expect([kinds.length, next]).toEqual([sim.events.length, sim.events.length])
  expect(pageOf('after=2&limit=1')).toEqual({ kinds: [kinds[2]], next: 3 })
  expect(pageOf(`after=${next}`)).toEqual({ kinds: [], next })
  const waiting = sim.start('GET', `/v1/events?after=${next}&event=leader-moved&timeout=10s`)
  sim.produce(batchOf(1))
  sim.run(5000)
  expect(waiting.answers).toEqual([])
  sim.cluster.admin.removeLeader({ topic: 'orders', partition: 0 })
  sim.run(1)
  const found = JSON.parse(String(waiting.answers[0]?.body))
  expect(found).toMatchObject({ events: [{ event: 'leader-moved', leader: -1 }], next: sim.events.length, dropped: 0 })
  const late = sim.start('GET', `/v1/events?after=${found.next}&timeout=300ms`)
  sim.run(300)
  expect(JSON.parse(String(late.answers[0]?.body))).toMatchObject({ events: [], next: found.next })
})

test('control: a stream of events begins anew when the cluster was reset', () => {
  const sim = new Controlled({ topics: { orders: 1 } })
  for (let i = 0; i < 9; i++) sim.produce(batchOf(1))
  const { next } = sim.call('GET', '/v1/events?after=0').json as { next: number }
  sim.cluster.reset()
  const { events } = sim.call('GET', `/v1/events?after=${next}`).json as { events: Json[] }
  expect(events.map(({ event }) => event)).toEqual(['topic-created'])
})

test('control: a leader is moved to a broker, and the next one by itself', () => {
  const sim = new Controlled({ brokers: 3, topics: { orders: 1 } })
  const path = '/v1/topics/orders/partitions/0/move-leader'
  expect(sim.call('POST', path, { to: 3 }).json).toMatchObject({ leader: 3, leaderEpoch: 1 })
  expect(sim.call('POST', path).json).toMatchObject({ leader: 1, leaderEpoch: 2 })
  expect(sim.cluster.leader('orders', 0).id).toBe(1)
})

test('control: administration is done, not only answered', () => {
  const sim = new Controlled({ brokers: 3, topics: { orders: 1 } })
  const partition = '/v1/topics/orders/partitions/0'
  expect(sim.call('POST', `${partition}/remove-leader`).json).toMatchObject({ leader: -1 })
  expect(sim.call('POST', `${partition}/elect-leader`).json).toMatchObject({ leader: 1 })
  expect(sim.call('POST', `${partition}/shrink-isr`, { out: [2] }).json).toMatchObject({ isr: [1, 3] })
  expect(sim.call('POST', '/v1/lag', { lag: 'for-ever' }).status).toBe(200)
  sim.produce(batchOf(2), { acks: 1 })
  expect(sim.call('GET', partition).json).toMatchObject({ endOffset: 2, highWatermark: 0 })
  expect(sim.call('POST', `${partition}/elect-unclean`, { to: 3 }).json).toMatchObject({ leader: 3, endOffset: 0 })
  expect(sim.call('GET', '/v1/delivery').json).toMatchObject({ isGood: false, counts: { ackedButLost: 2 } })
  expect(sim.call('POST', '/v1/topics/orders/partitions', { count: 4 }).json).toMatchObject({ partitions: 4 })
  expect(sim.call('POST', '/v1/brokers', { rack: 'b' })).toMatchObject({ status: 201, json: { id: 4, rack: 'b' } })
  expect(sim.call('DELETE', '/v1/brokers/2').json).toMatchObject({ brokers: [{ id: 1 }, { id: 3 }, { id: 4 }] })
  expect(sim.call('DELETE', '/v1/topics/orders').status).toBe(200)
  expect(sim.call('GET', '/v1/topics').json).toEqual({ topics: [] })
})

test('control: a stopped broker is down when the answer comes, and a started one up', () => {
  const sim = new Controlled({ brokers: 2 })
  expect(sim.call('POST', '/v1/brokers/2/stop').json).toMatchObject({ id: 2, isRunning: false })
  expect(sim.call('POST', '/v1/brokers/2/start').json).toMatchObject({ id: 2, isRunning: true })
})

test('control: records come with bytes and, where they are some, as text', () => {
  const sim = new Controlled({ topics: { orders: 1 } })
  sim.produce(batchOf([{ key: 'k', value: Uint8Array.of(0xff) }, { value: null }]))
  expect(sim.call('GET', '/v1/topics/orders/records').json).toMatchObject({
    records: [
      { offset: 0, key: 'aw==', keyText: 'k', value: '/w==', valueText: null, producerId: -1 },
      { offset: 1, key: null, keyText: null, value: null, valueText: null },
    ],
  })
  const rest = sim.call('GET', '/v1/topics/orders/records?offset=1&limit=5').json
  expect(rest).toEqual({ records: [expect.objectContaining({ offset: 1 })] })
})

test('control: 64-bit numbers keep all their digits', () => {
  const sim = new Controlled({ topics: { orders: 1 } })
  sim.produce(batchOf(1, { producerId: 2n ** 62n + 1n }))
  const { answers } = sim.start('GET', '/v1/topics/orders/records')
  expect(String(answers[0]?.body)).toContain('"producerId":4611686018427387905,')
})

test('control: the journal is read page by page', () => {
  const sim = new Controlled({ topics: { orders: 1 } })
  for (let i = 0; i < 5; i++) sim.produce(batchOf(1))
  const page = (query: string) => {
    const { json } = sim.call('GET', `/v1/requests?${query}`)
    const { count, requests } = json as { count?: number; requests?: { id: number }[] }
    return [count, requests?.map(({ id }) => id)]
  }
  expect(page('limit=2')).toEqual([5, [1, 2]])
  expect(page('limit=2&after=2')).toEqual([3, [3, 4]])
  const { requests } = sim.call('GET', '/v1/requests?bodies=false&limit=1').json
  expect(requests).toEqual([expect.not.objectContaining({ body: expect.anything() })])
})

test('control: the delivery oracle says what is wrong in words as well', () => {
  const sim = new Controlled({ topics: { orders: 1 } })
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  for (let i = 0; i < 2; i++) sim.produce(batchOf([{ key: 'o-1', value: 'two coffees' }]))
  expect(sim.call('GET', '/v1/delivery?topic=orders').json).toMatchObject({
    isGood: false,
    problem: expect.stringContaining('1 more than once in the log'),
    counts: { records: 1, duplicated: 1 },
    records: [{ keyText: 'o-1', status: 'acked-and-present', offsets: [0, 1], duplicatedBy: [1, 2] }],
  })
})

test('control: exports are files', () => {
  const sim = new Controlled({ topics: { orders: 1 } })
  sim.produce(batchOf(1))
  const pcapng = sim.start('GET', '/v1/export/run.pcapng').answers[0]
  expect(pcapng).toMatchObject({ status: 200, headers: { 'content-type': 'application/vnd.tcpdump.pcap' } })
  expect([...(pcapng!.body as Uint8Array).subarray(0, 4)]).toEqual([0x0a, 0x0d, 0x0d, 0x0a])
  const lines = String(sim.start('GET', '/v1/export/run.jsonl').answers[0]?.body)
  expect(JSON.parse(lines.split('\n')[0] ?? '')).toMatchObject({ event: 'run' })
})

test.each([
  ['GET', '/v1/nothing', undefined, 404, 'nothing at /v1/nothing; GET /openapi.json lists what there is'],
  ['PUT', '/v1/faults', undefined, 405, '/v1/faults takes GET, POST, DELETE, not PUT'],
  ['GET', '/v1/brokers/9', undefined, 404, 'no broker 9; there are 1'],
  ['GET', '/v1/brokers/one', undefined, 422, 'broker: must be a whole number'],
  ['GET', '/v1/topics/ordres', undefined, 404, 'no topic "ordres", did you mean "orders"?'],
  ['GET', '/v1/topics/orders/partitions/7', undefined, 404, 'topic "orders" has partitions 0 to 0, not 7'],
  ['GET', '/v1/topics/orders/records?ofset=1', undefined, 422, 'unknown parameter "ofset"; known: topic, partition'],
  ['GET', '/v1/faults/x', undefined, 404, 'no fault "x"'],
  ['GET', '/v1/faults/there/hits?timeout=1h', undefined, 422, 'timeout must be a duration of at most 10m'],
  ['GET', '/v1/topics/%ff', undefined, 400, 'not an encoded address'],
  ['POST', '/v1/faults', '{', 400, 'the body is no JSON'],
  ['POST', '/v1/faults', '', 422, 'a JSON object is wanted as the body'],
  ['POST', '/v1/faults', [], 422, 'the body must be a JSON object'],
  [
    'POST',
    '/v1/faults',
    { on: { apy: 'Produce' }, do: { drop: 'response' } },
    422,
    'unknown key "apy", did you mean "api"?',
  ],
  ['POST', '/v1/faults', { name: 'there', do: { delay: 1 } }, 409, 'there is a fault "there" already'],
  ['POST', '/v1/topics', { name: 'a b' }, 422, 'topic name has a character'],
  ['POST', '/v1/topics', { name: 'orders' }, 409, 'topic "orders" exists already'],
  ['POST', '/v1/topics', { name: 'new', partitons: 2 }, 422, 'unknown key "partitons", did you mean "partitions"?'],
  ['POST', '/v1/lag', { lag: 1, partition: 0 }, 422, 'partition goes with topic'],
  ['POST', '/v1/topics/orders/partitions', {}, 422, '"count" is missing'],
  ['POST', '/v1/brokers/1/release', { kafka: '9.9' }, 422, 'kafka: must be'],
  ['DELETE', '/v1/brokers/1', undefined, 409, 'broker 1 is the last one'],
  ['POST', '/v1/topics/orders/partitions/0/move-leader', { to: 9 }, 404, 'no live broker to lead orders 0: 9'],
  ['POST', '/v1/topics/orders/partitions/0/move-leader', { to: '1' }, 422, '"to" must be a node id'],
])('control: %s %s %j answers an error that helps', (method, target, body, status, message) => {
  const sim = new Controlled({ topics: { orders: 1 } })
  sim.cluster.fault({ name: 'there', do: { delay: 1 } })
  const answer = sim.call(method, target, body)
  expect(answer).toMatchObject({ status, json: { message: expect.stringContaining(message) } })
  expect(schemaProblem(document, { $ref: '#/components/schemas/Error' }, answer.json)).toBeUndefined()
})

test('control: a journal with holes answers 409', () => {
  const sim = new Controlled({ topics: { orders: 1 }, journalEntriesMax: 1 })
  for (let i = 0; i < 2; i++) sim.produce(batchOf(1))
  expect(sim.call('GET', '/v1/requests').status).toBe(409)
  expect(sim.call('GET', '/v1/delivery').status).toBe(409)
})
