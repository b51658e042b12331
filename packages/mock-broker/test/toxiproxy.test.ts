import { apiVersions, metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { ControlApi } from '../src/core.ts'
import { Simulation } from './simulated.ts'

interface ProxyJson {
  readonly toxics?: readonly unknown[]
  readonly attributes?: unknown
}

class Toxic extends Simulation {
  private readonly api = new ControlApi(this.cluster, this.runtime.clock)

  call(method: string, target: string, body?: unknown): { status: number; json: ProxyJson } {
    let answer: { status: number; json: ProxyJson } | undefined
    const bytes = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body))
    this.api.take({ method, target, body: bytes }, ({ status, body: text }) => {
      answer = { status, json: text === '' ? undefined : JSON.parse(String(text)) }
    })
    this.run(5)
    return answer ?? expect.fail('no answer')
  }

  /** Of an answer of broker 1, its length prefix included. */
  roundTripBytes(): number {
    const client = this.client()
    this.ask(metadata, 9, { topics: [] }, { client })
    return (client.answers[0]?.frame.length ?? 0) + 4
  }

  /** How long an answer of broker 1 takes; undefined if none comes within a second. */
  roundTripMs(): number | undefined {
    const client = this.client()
    const startMs = this.nowMs
    this.ask(metadata, 9, { topics: [] }, { client, ms: 1000 })
    return client.answers[0] && client.answers[0].atMs - startMs
  }
}

test('toxiproxy: every broker is a proxy', () => {
  const sim = new Toxic({ brokers: 2, ports: [9092, 9093] })
  expect(sim.call('GET', '/version').json).toEqual({ version: '2.12.0' })
  expect(sim.call('GET', '/proxies').json).toEqual({
    'broker-1': { name: 'broker-1', listen: '127.0.0.1:9092', upstream: '127.0.0.1:9092', enabled: true, toxics: [] },
    'broker-2': { name: 'broker-2', listen: '127.0.0.1:9093', upstream: '127.0.0.1:9093', enabled: true, toxics: [] },
  })
  expect(sim.call('GET', '/proxies/broker-2').json).toMatchObject({ name: 'broker-2' })
})

test('toxiproxy: a proxy that is disabled is a broker that is down', () => {
  const sim = new Toxic({ brokers: 2 })
  expect(sim.call('POST', '/proxies/broker-1', { enabled: false }).json).toMatchObject({ enabled: false })
  expect(sim.client().closed).toBe('refused')
  expect(sim.call('PATCH', '/proxies/broker-1', { enabled: true }).json).toMatchObject({ enabled: true })
  expect(sim.client().isOpen).toBe(true)
})

test('toxiproxy: latency delays every answer until the toxic is removed', () => {
  const sim = new Toxic()
  const toxic = { type: 'latency', attributes: { latency: 300, jitter: 0 } }
  expect(sim.call('POST', '/proxies/broker-1/toxics', toxic)).toEqual({
    status: 200,
    json: {
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 300, jitter: 0 },
    },
  })
  expect(sim.roundTripMs()).toBe(300)
  const changed = sim.call('POST', '/proxies/broker-1/toxics/latency_downstream', { attributes: { latency: 50 } })
  expect(changed.json.attributes).toEqual({ latency: 50, jitter: 0 })
  expect(sim.roundTripMs()).toBe(50)
  expect(sim.call('GET', '/proxies/broker-1/toxics').json).toHaveLength(1)
  expect(sim.call('DELETE', '/proxies/broker-1/toxics/latency_downstream').status).toBe(204)
  expect(sim.roundTripMs()).toBe(0)
})

test('toxiproxy: a toxic is of one broker', () => {
  const sim = new Toxic({ brokers: 2 })
  sim.call('POST', '/proxies/broker-2/toxics', { type: 'timeout', attributes: { timeout: 0 } })
  expect(sim.roundTripMs()).toBe(0)
  expect(sim.ask(metadata, 9, { topics: [] }, { broker: 2 })).toBeUndefined()
})

test('toxiproxy: timeout is silence, reset_peer a reset', () => {
  const sim = new Toxic()
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'timeout', attributes: { timeout: 0 } })
  expect(sim.roundTripMs()).toBeUndefined()
  sim.call('DELETE', '/proxies/broker-1/toxics/timeout_downstream')
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'reset_peer', name: 'rst', attributes: { timeout: 0 } })
  const client = sim.client()
  sim.ask(apiVersions, 3, { clientSoftwareName: 'a', clientSoftwareVersion: '1' }, { client })
  expect(client.closed).toBe('reset')
})

test('toxiproxy: bandwidth counts kilobytes a second, and a slicer microseconds between slices', () => {
  const sim = new Toxic()
  const answerBytes = sim.roundTripBytes()
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'bandwidth', attributes: { rate: 1 } })
  expect(sim.roundTripMs()).toBeGreaterThan(answerBytes / 2)
  sim.call('DELETE', '/proxies/broker-1/toxics/bandwidth_downstream')
  const attributes = { average_size: 10, size_variation: 0, delay: 2000 }
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'slicer', attributes })
  expect(sim.roundTripMs()).toBe((Math.ceil(answerBytes / 10) - 1) * 2)
})

test('toxiproxy: reset_peer with a timeout resets a new connection after it', () => {
  const sim = new Toxic()
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'reset_peer', attributes: { timeout: 20 } })
  const client = sim.client()
  sim.run(10)
  expect(client.closed).toBeUndefined()
  sim.run(20)
  expect(client.closed).toBe('reset')
})

test('toxiproxy: reset enables every proxy and removes every toxic', () => {
  const sim = new Toxic({ brokers: 2 })
  sim.call('POST', '/proxies/broker-2', { enabled: false })
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'latency', attributes: { latency: 300 } })
  expect(sim.call('POST', '/reset').status).toBe(204)
  expect(Object.values(sim.call('GET', '/proxies').json)).toMatchObject([
    { enabled: true, toxics: [] },
    { enabled: true, toxics: [] },
  ])
  expect(sim.roundTripMs()).toBe(0)
})

test('toxiproxy: a reset of the cluster takes toxics with it', () => {
  const sim = new Toxic()
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'latency', attributes: { latency: 300 } })
  sim.cluster.reset()
  expect(sim.call('GET', '/proxies/broker-1').json.toxics).toEqual([])
  expect(sim.call('POST', '/proxies/broker-1/toxics', { type: 'latency', attributes: { latency: 3 } }).status).toBe(200)
})

test('toxiproxy: populate takes what names brokers, and nothing else', () => {
  const sim = new Toxic({ brokers: 2 })
  const answer = sim.call('POST', '/populate', [{ name: 'broker-1', listen: 'x', upstream: 'y', enabled: false }])
  expect(answer).toMatchObject({ status: 201, json: { proxies: [{ name: 'broker-1', enabled: false }] } })
  expect(sim.call('POST', '/populate', [{ name: 'mysql' }])).toEqual({
    status: 400,
    json: { error: 'proxies here are the brokers of the cluster; there is no mysql', status: 400 },
  })
})

test.each([
  ['POST', '/proxies', { name: 'new', listen: 'a', upstream: 'b' }, 400, 'cannot be created'],
  ['POST', '/proxies', { name: 'broker-1' }, 409, 'proxy already exists'],
  ['DELETE', '/proxies/broker-1', undefined, 400, 'cannot be deleted'],
  ['GET', '/proxies/broker-9', undefined, 404, 'proxy not found'],
  ['GET', '/proxies/broker-1/toxics/none', undefined, 404, 'toxic not found'],
  ['POST', '/proxies/broker-1/toxics', { type: 'noop' }, 400, 'invalid toxic type "noop"'],
  [
    'POST',
    '/proxies/broker-1/toxics',
    { type: 'limit_data', attributes: { bytes: 5 } },
    400,
    'only requests are limited',
  ],
  [
    'POST',
    '/proxies/broker-1/toxics',
    { type: 'latency', attributes: { latency: -1 } },
    400,
    'attributes.latency: must',
  ],
  ['POST', '/proxies/broker-1/toxics', { type: 'latency', attributes: { late: 1 } }, 400, 'unknown key "late"'],
  ['POST', '/proxies/broker-1/toxics', { type: 'slow_close' }, 400, 'slow_close is not played'],
  [
    'POST',
    '/proxies/broker-1/toxics',
    { type: 'timeout', attributes: { timeout: 5 } },
    400,
    'only timeout 0 is played',
  ],
])('toxiproxy: %s %s %j is an error in its form', (method, target, body, status, error) => {
  const sim = new Toxic()
  expect(sim.call(method, target, body)).toEqual({ status, json: { error: expect.stringContaining(error), status } })
})

test('toxiproxy: a second toxic on a proxy is refused, since rules do not stack', () => {
  const sim = new Toxic()
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'latency', attributes: { latency: 300 } })
  const second = sim.call('POST', '/proxies/broker-1/toxics', { type: 'latency', stream: 'upstream' })
  expect(second).toMatchObject({
    status: 409,
    json: { error: expect.stringContaining('take "latency_downstream" out') },
  })
})

test('toxiproxy: jitter is around the latency', () => {
  const sim = new Toxic()
  sim.call('POST', '/proxies/broker-1/toxics', { type: 'latency', attributes: { latency: 100, jitter: 40 } })
  const times = Array.from({ length: 20 }, () => sim.roundTripMs() ?? Number.NaN)
  expect(times.every((ms) => ms >= 60 && ms <= 140)).toBe(true)
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(20)
})

test('toxiproxy: limit_data closes a connection when it has sent so much', () => {
  const sim = new Toxic()
  const toxic = { type: 'limit_data', stream: 'upstream', attributes: { bytes: 60 } }
  expect(sim.call('POST', '/proxies/broker-1/toxics', toxic).status).toBe(200)
  const client = sim.client()
  for (let i = 0; i < 4; i++) sim.ask(metadata, 9, { topics: [] }, { client })
  expect([client.closed, client.answers.length > 0, client.answers.length < 4]).toEqual(['fin', true, true])
})
