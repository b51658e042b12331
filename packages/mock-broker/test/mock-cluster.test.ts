import { produce } from '@harrow/protocol'
import { systemClock } from '@harrow/runtime'
import { tcpTransport } from '@harrow/runtime/node'
import { expect, test } from 'vitest'
import { MockCluster } from '../src/index.ts'
import { RawClient } from './raw-client.ts'
import { batchOf } from './simulated.ts'

/** Over real TCP: what the simulated network cannot show. */

function clientOf(cluster: MockCluster, broker = 1): RawClient {
  return new RawClient(tcpTransport, cluster.broker(broker), systemClock.nowMs)
}

function producing(partition = 0) {
  return {
    acks: 1,
    timeoutMs: 1000,
    topicData: [{ name: 'orders', partitionData: [{ index: partition, records: batchOf(1) }] }],
  }
}

function handles(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /TCP/.test(kind))
}

test('mock cluster: starts in a few milliseconds on free ports, and leaves no handle behind', async () => {
  const startMs = performance.now()
  const cluster = await MockCluster.start({ brokers: 3, topics: { orders: 1 } })
  const tookMs = performance.now() - startMs
  const client = clientOf(cluster)
  expect(await client.answered(produce, client.send(produce, 9, producing()))).toMatchObject({ throttleTimeMs: 0 })
  expect(new Set(cluster.brokers.map(({ port }) => port)).size).toBe(3)
  expect(cluster.bootstrapServers).toMatch(/^127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+$/)
  await cluster.stop()
  await cluster.stop()
  // The platform frees a closed handle some turns of its loop later; a leaked one, never.
  for (let turn = 0; turn < 100 && handles().length > 0; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(handles()).toEqual([])
  expect(tookMs).toBeLessThan(200)
})

test('mock cluster: stops although a client does not read and a request hangs', async () => {
  const cluster = await MockCluster.start({ topics: { orders: 1 } })
  const drop = cluster.fault({ do: { drop: 'response' } })
  const hung = clientOf(cluster)
  hung.send(produce, 9, producing())
  const deaf = clientOf(cluster)
  await drop.hit()
  deaf.link.pauseReading()
  for (let i = 0; i < 200; i++) deaf.send(produce, 9, producing())
  await cluster.stop()
  expect(cluster.findings).toEqual([])
})

test('mock cluster: a port that is taken is an error that says so, and nothing keeps listening', async () => {
  await using first = await MockCluster.start({})
  const port = first.brokers[0]?.port ?? 0
  await expect(MockCluster.start({ brokers: 2, ports: [0, port] })).rejects.toThrow('EADDRINUSE')
})

test('mock cluster: a broker stops and starts on the same port', async () => {
  await using cluster = await MockCluster.start({ brokers: 2, topics: { orders: 1 } })
  const { port } = cluster.broker(1)
  const client = clientOf(cluster)
  await client.answered(produce, client.send(produce, 9, producing()))
  await cluster.broker(1).stop()
  expect(cluster.leader('orders', 0)).toEqual({ id: 2, epoch: 1 })
  const refused = clientOf(cluster)
  await expect(refused.answered(produce, refused.send(produce, 9, producing()))).rejects.toThrow('refused')
  await cluster.broker(1).start()
  expect([cluster.broker(1).port, cluster.broker(1).isRunning]).toEqual([port, true])
  const again = clientOf(cluster, 2)
  await again.answered(produce, again.send(produce, 9, producing()))
  expect(cluster.records('orders')).toHaveLength(2)
  again.link.close()
})

test('mock cluster: hits can be awaited', async () => {
  await using cluster = await MockCluster.start({ topics: { orders: 1 } })
  const fault = cluster.fault({ on: { api: 'Produce' }, do: { delay: '5ms' }, times: 2 })
  const client = clientOf(cluster)
  client.send(produce, 9, producing())
  client.send(produce, 9, producing())
  await fault.hit(2)
  await fault.hit()
  expect(fault.hits()).toBe(2)
  client.link.close()
})

test('mock cluster: a fault reset is a reset on the wire', async () => {
  await using cluster = await MockCluster.start({ topics: { orders: 1 } })
  cluster.fault({ on: { api: 'Produce' }, do: { disconnect: 'after-handling' } })
  const client = clientOf(cluster)
  await expect(client.answered(produce, client.send(produce, 9, producing()))).rejects.toThrow('reset')
  expect(cluster.records('orders')).toHaveLength(1)
})
