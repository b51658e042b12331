import { apis, apiVersions, initProducerId, metadata, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { batchOf, Simulation } from './simulated.ts'

test('cluster: ApiVersions, Metadata, InitProducerId and Produce are answered in virtual time', () => {
  const sim = new Simulation({ brokers: 3, topics: { orders: 6 } })
  const client = sim.client(2)
  const versions = sim.ask(apiVersions, 3, { clientSoftwareName: 'raw', clientSoftwareVersion: '1.0' }, { client })
  expect(versions?.apiKeys.find((row) => row.apiKey === produce.key)).toMatchObject({ minVersion: 0, maxVersion: 13 })
  const answer = sim.ask(metadata, 9, { topics: [{ name: 'orders' }] }, { client })
  expect(answer?.brokers.map((broker) => broker.nodeId)).toEqual([1, 2, 3])
  expect(answer?.topics[0]?.partitions.map((partition) => partition.leaderId)).toEqual([1, 2, 3, 1, 2, 3])
  expect(sim.ask(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 0 }, { client })?.errorCode).toBe(0)
  expect(sim.produce(batchOf(3), { client, partition: 1 })).toMatchObject({ errorCode: 0, baseOffset: 0n })
  expect(sim.produce(batchOf(1), { client, partition: 1 })).toMatchObject({ errorCode: 0, baseOffset: 3n })
  expect(sim.cluster.records('orders', 1).map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n])
  expect(sim.cluster.findings).toEqual([])
})

test('cluster: stopped, it leaves no link, no listener and no timer', () => {
  const sim = new Simulation({ brokers: 3, topics: { orders: 1 } })
  const clients = [sim.client(1), sim.client(2), sim.client(3)]
  sim.produce(batchOf(1), { client: clients[0]! })
  let stopped = false
  sim.cluster.stop(() => {
    stopped = true
  })
  sim.run(5)
  expect([stopped, sim.runtime.transport.openLinks, sim.runtime.transport.listening]).toEqual([true, 0, 0])
  expect([sim.cluster.pendingTimers, sim.runtime.clock.pending]).toEqual([0, 0])
  expect(clients.map((client) => client.closed)).toEqual(['fin', 'fin', 'fin'])
})

test('cluster: every API it answers is one of the protocol', () => {
  const sim = new Simulation()
  const rows = sim.ask(apiVersions, 0, {})?.apiKeys ?? []
  expect(rows.length).toBeGreaterThan(6)
  for (const { apiKey } of rows) expect(Object.values(apis).map((api) => api.key)).toContain(apiKey)
})

test('cluster: stopped in the same instant as one of its brokers, it stops all the same', () => {
  const sim = new Simulation({ brokers: 2 })
  let stopped = 0
  sim.cluster.broker(1).stop(() => stopped++)
  sim.cluster.stop(() => stopped++)
  sim.run(100)
  expect([stopped, sim.runtime.transport.listening, sim.runtime.clock.pending]).toEqual([2, 0, 0])
})
