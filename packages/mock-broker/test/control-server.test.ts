import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { MockCluster } from '../src/index.ts'

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, unknown>>
}

function http(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  return new Promise<Answer>((resolve, reject) => {
    const { method = 'GET', headers = {}, body = '' } = options
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (incoming) => {
      let text = ''
      incoming.on('data', (chunk) => {
        text += String(chunk)
      })
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: text, headers: incoming.headers }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

test('control server: answers on loopback, and is gone when the cluster stops', async () => {
  const cluster = await MockCluster.start({ topics: { orders: 1 } })
  const { port, url } = await cluster.serveControl()
  expect(url).toBe(`http://127.0.0.1:${port}`)
  const { status, body } = await http(port, '/v1/cluster')
  expect([status, JSON.parse(body)]).toMatchObject([200, { bootstrapServers: cluster.bootstrapServers }])
  await cluster.stop()
  await expect(http(port, '/v1/cluster')).rejects.toThrow('ECONNREFUSED')
})

test('control server: stops at once, although somebody waits', async () => {
  const cluster = await MockCluster.start()
  const { port } = await cluster.serveControl()
  cluster.fault({ name: 'never', on: { api: 'Fetch' }, do: { delay: 1 } })
  const waiting = http(port, '/v1/faults/never/hits?timeout=10m')
  const gaveUp = expect(waiting).rejects.toThrow()
  await http(port, '/v1/faults')
  await cluster.stop()
  await gaveUp
})

test('control server: waits for a hit over real time', async () => {
  await using cluster = await MockCluster.start()
  const { port } = await cluster.serveControl()
  cluster.fault({ name: 'soon', at: '20ms', do: { 'stop-broker': 1 } })
  const { body } = await http(port, '/v1/faults/soon/hits?timeout=10s')
  expect(JSON.parse(body)).toEqual({ name: 'soon', hits: 1, reached: true })
})

test.each([
  ['another origin', { origin: 'http://example.com' }, 403],
  ['an origin that is none', { origin: 'null' }, 403],
  ['a name that was rebound to this address', { host: 'example.com' }, 403],
  ['its own origin', { origin: 'http://127.0.0.1:1', host: '127.0.0.1:1' }, 200],
  ['localhost', { host: 'localhost:1' }, 200],
])('control server: a request with %s', async (_, headers, status) => {
  await using cluster = await MockCluster.start()
  const { port } = await cluster.serveControl()
  const answer = await http(port, '/v1/cluster', { headers: headers as Record<string, string> })
  expect(answer.status).toBe(status)
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
})

test('control server: a body above the limit is refused, and the next request is answered', async () => {
  await using cluster = await MockCluster.start()
  const { port } = await cluster.serveControl({ bodyBytesMax: 100 })
  const large = await http(port, '/v1/faults', { method: 'POST', body: 'x'.repeat(101) })
  expect(large).toMatchObject({ status: 413, body: expect.stringContaining('100 bytes') })
  const body = JSON.stringify({ name: 'f', do: { delay: 1 } })
  expect((await http(port, '/v1/faults', { method: 'POST', body })).status).toBe(201)
})

test('control server: bytes that are no HTTP are turned away', async () => {
  await using cluster = await MockCluster.start()
  const { port } = await cluster.serveControl()
  const socket = connect(port, '127.0.0.1')
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket
    .resume()
    .on('error', () => {})
    .end(Uint8Array.of(0, 0, 0, 8, 0, 3, 0, 0, 0, 0, 0, 1))
  await closed
  expect((await http(port, '/v1/cluster')).status).toBe(200)
})

test('control server: a port that is taken is an error', async () => {
  await using cluster = await MockCluster.start()
  const { port } = await cluster.serveControl()
  await expect(cluster.serveControl({ port })).rejects.toThrow('EADDRINUSE')
})

test('mock cluster: neither brokers nor control can be reached from outside unless they are told otherwise', async ({
  annotate,
}) => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address
  if (outside === undefined) return void (await annotate('skipped: this machine has no address but loopback'))
  await using cluster = await MockCluster.start({ brokers: 2 })
  const control = await cluster.serveControl()
  const refused = (port: number) =>
    new Promise((resolve) => {
      const socket = connect(port, outside)
      socket.on('error', (error) => resolve((error as NodeJS.ErrnoException).code))
      socket.on('connect', () => {
        resolve('connected')
        socket.destroy()
      })
    })
  for (const port of [...cluster.brokers.map((broker) => broker.port), control.port]) {
    expect(await refused(port)).toBe('ECONNREFUSED')
  }
})
