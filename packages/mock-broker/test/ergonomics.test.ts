import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'
import { produce } from '@harrow/protocol'
import { systemClock } from '@harrow/runtime'
import { tcpTransport } from '@harrow/runtime/node'
import { expect, test } from 'vitest'
import { MockCluster } from '../src/index.ts'
import { RawClient } from './raw-client.ts'
import { batchOf } from './simulated.ts'

test('mock cluster: hundreds in one process leave neither handles nor memory behind', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const heapBytes = (): number => {
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const handles = (): number => process.getActiveResourcesInfo().filter((kind) => /TCP|Timeout/.test(kind)).length
  const handlesBefore = handles()
  for (let i = 0; i < 50; i++) await usedAndStopped()
  const before = heapBytes()
  for (let i = 0; i < 300; i++) await usedAndStopped()
  const grownBytes = heapBytes() - before
  // A cluster that stayed would keep its journal, with a batch of 50 kB, besides itself.
  expect(grownBytes).toBeLessThan(300 * 10_000)
  // The platform frees a closed handle some turns of its loop later; a leaked one, never.
  for (let turn = 0; turn < 100 && handles() > handlesBefore; turn++) await new Promise(setImmediate)
  expect(handles()).toBeLessThanOrEqual(handlesBefore)
}, 60_000)

/** Everything that could hold on to something: a client, a fault, a subscriber, a control server. */
async function usedAndStopped(): Promise<void> {
  await using cluster = await MockCluster.start({ brokers: 2, topics: { orders: 1 } })
  cluster.fault({ on: { api: 'Produce' }, do: { delay: 1 } })
  cluster.subscribe(() => {})
  await cluster.serveControl()
  const client = new RawClient(tcpTransport, cluster.broker(1), systemClock.nowMs)
  const records = batchOf([{ value: 'x'.repeat(50_000) }])
  const topicData = [{ name: 'orders', partitionData: [{ index: 0, records }] }]
  await client.answered(produce, client.send(produce, 9, { acks: 1, timeoutMs: 1000, topicData }))
  client.link.close('fin')
}

test('mock cluster: works in worker threads, which is where this runs', async () => {
  expect(isMainThread).toBe(false)
  await using cluster = await MockCluster.start({ topics: { orders: 1 } })
  const client = new RawClient(tcpTransport, cluster.broker(1), systemClock.nowMs)
  const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(1) }] }]
  await client.answered(produce, client.send(produce, 9, { acks: 1, timeoutMs: 1000, topicData }))
  expect(cluster.records('orders')).toHaveLength(1)
})

test('mock cluster: after a reset nothing is left of the test before, and its clients go on', async () => {
  await using cluster = await MockCluster.start({ topics: { orders: 1 } })
  const client = new RawClient(tcpTransport, cluster.broker(1), systemClock.nowMs)
  const send = () => {
    const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(1) }] }]
    return client.answered(produce, client.send(produce, 9, { acks: 1, timeoutMs: 1000, topicData }))
  }
  cluster.createTopic('extra')
  cluster.fault({ name: 'never', on: { api: 'Fetch' }, do: { drop: 'response' } })
  await send()
  cluster.reset()
  cluster.assertFaultsConsumed()
  expect(cluster.topics.map(({ name }) => name)).toEqual(['orders'])
  expect([cluster.requests.length, cluster.records('orders').length, cluster.findings.length]).toEqual([0, 0, 0])
  expect(cluster.delivery().counts).toMatchObject({ records: 0, phantoms: 0 })
  await send()
  expect(cluster.delivery().counts).toMatchObject({ records: 1, ackedAndPresent: 1 })
  expect(cluster.records('orders')[0]?.offset).toBe(0n)
})
