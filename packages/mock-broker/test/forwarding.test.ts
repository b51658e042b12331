import { apiVersions, findCoordinator, kafkaErrors, metadata, produce } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { simulatedRuntime } from '@harrow/runtime/sim'
import { expect, test } from 'vitest'
import { ClusterCore, type ClusterOptions } from '../src/core.ts'
import { RawClient } from './raw-client.ts'
import { batchOf } from './simulated.ts'

/** A cluster, and one that is its door, on one network in virtual time. */
class Doors {
  readonly runtime = simulatedRuntime({ seed: 1, network: { latencyMs: { min: 0, max: 0 } } })
  readonly behind: ClusterCore
  readonly door: ClusterCore

  constructor(options: ClusterOptions = {}) {
    const ports = [19_092, 19_093]
    this.behind = new ClusterCore(this.runtime, { brokers: 2, ports, ...options }, { codecs: nodeCodecs })
    this.behind.start(() => {})
    this.run(1)
    const upstream = this.behind.brokers
    this.door = new ClusterCore(this.runtime, { brokers: 2, eventsMax: 0 }, { codecs: nodeCodecs, upstream })
    this.door.start(() => {})
    this.run(1)
  }

  run(ms: number): void {
    this.runtime.clock.runUntil(this.runtime.clock.nowMs() + ms)
  }

  client(broker = 1): RawClient {
    const client = new RawClient(this.runtime.transport, this.door.broker(broker), () => this.runtime.clock.nowMs())
    this.run(1)
    return client
  }

  /** To partition 0, which broker 1 leads, by id: only who saw Metadata go by knows what it is called. */
  produce(client: RawClient, acks = -1): number {
    const { id: topicId } = this.behind.topics[0]!
    const topicData = [{ topicId, partitionData: [{ index: 0, records: batchOf(1) }] }]
    return client.send(produce, 13, { acks, timeoutMs: 1_000, topicData })
  }
}

const orders = { topics: { orders: 2 }, seed: 1 }

test('forwarding: Metadata comes from behind, with the addresses of the doors', () => {
  const doors = new Doors(orders)
  const client = doors.client()
  client.send(metadata, 12, { topics: null })
  doors.run(5)
  const answer = client.answer(metadata, 1)
  expect(answer?.topics.map(({ name }) => name)).toEqual(['orders'])
  expect(answer?.brokers.map(({ nodeId, port }) => [nodeId, port])).toEqual(
    doors.door.brokers.map(({ id, port }) => [id, port]),
  )
  expect(answer?.brokers.map(({ port }) => port)).not.toContain(doors.behind.brokers[0]!.port)
})

test.each([1, 3, 4, 6])(
  'forwarding: FindCoordinator v%i names the coordinator behind, with the address of its door',
  (version) => {
    const doors = new Doors(orders)
    const client = doors.client()
    const ask = () => {
      const id = client.send(findCoordinator, version, version < 4 ? { key: 'app' } : { coordinatorKeys: ['app'] })
      doors.run(5)
      const answer = client.answer(findCoordinator, id)
      const { errorCode, nodeId, port } = (version < 4 ? answer : answer?.coordinators[0]) ?? {}
      return { errorCode, nodeId, port }
    }
    expect(ask()).toEqual({ errorCode: 15, nodeId: -1, port: -1 })
    const { nodeId, ...rest } = ask()
    expect(rest).toEqual({ errorCode: 0, port: doors.door.broker(nodeId ?? -1).port })
  },
)

test('forwarding: what is written is in the log behind, and the journal of the door shows it', () => {
  const doors = new Doors(orders)
  const client = doors.client()
  const id = doors.produce(client)
  doors.run(5)
  expect(client.answer(produce, id)?.responses[0]?.partitionResponses[0]).toMatchObject({
    errorCode: 0,
    baseOffset: 0n,
  })
  expect(doors.behind.records('orders')).toHaveLength(1)
  expect(doors.door.topics).toEqual([])
  expect([...doors.door.requests].map(({ api, broker }) => [api, broker])).toEqual([['Produce', 1]])
})

test('forwarding: the limits of the cluster behind are what ApiVersions tells', () => {
  const doors = new Doors({ ...orders, apiVersions: { Produce: { max: 9 } } })
  const client = doors.client()
  const id = client.send(apiVersions, 3, { clientSoftwareName: 'x', clientSoftwareVersion: '1' })
  doors.run(5)
  expect(client.answer(apiVersions, id)?.apiKeys.find(({ apiKey }) => apiKey === produce.key)?.maxVersion).toBe(9)
})

test('forwarding: acks=0 is handed on, and nobody waits for an answer', () => {
  const doors = new Doors(orders)
  const client = doors.client()
  doors.produce(client, 0)
  client.send(metadata, 12, { topics: [] })
  doors.run(5)
  expect(client.answers).toHaveLength(1)
  expect(doors.behind.records('orders')).toHaveLength(1)
})

test('forwarding: an answer that the door loses was written behind all the same', () => {
  const doors = new Doors(orders)
  const client = doors.client()
  client.send(metadata, 12, { topics: null })
  doors.run(5)
  doors.door.fault({ on: { api: 'Produce', topic: 'orders', partition: 0 }, do: { disconnect: 'after-handling' } })
  doors.produce(client)
  doors.run(5)
  expect(client.closed).toBe('reset')
  expect(doors.behind.records('orders')).toHaveLength(1)
})

test('forwarding: a request that the door drops never gets behind', () => {
  const doors = new Doors(orders)
  doors.door.fault({ on: { api: 'Produce' }, do: { drop: 'request' } })
  doors.produce(doors.client())
  doors.run(100)
  expect(doors.behind.records('orders')).toHaveLength(0)
})

test('forwarding: a broker behind that dies ends the connections that wait for it', () => {
  const doors = new Doors(orders)
  doors.behind.fault({ on: { api: 'Produce' }, do: { delay: '1s' } })
  const client = doors.client()
  doors.produce(client)
  doors.run(5)
  doors.behind.broker(1).kill()
  doors.run(5)
  expect(client.closed).toBe('fin')
  expect(doors.door.findings).toEqual([])
})

test('forwarding: what the broker behind refuses is refused in its words', () => {
  const doors = new Doors(orders)
  doors.behind.fault({ on: { api: 'Produce' }, do: { error: 'NOT_ENOUGH_REPLICAS' } })
  const client = doors.client()
  const id = doors.produce(client)
  doors.run(5)
  const { errorCode } = client.answer(produce, id)!.responses[0]!.partitionResponses[0]!
  expect(errorCode).toBe(kafkaErrors.NOT_ENOUGH_REPLICAS.code)
})

test('forwarding: when it has stopped, no link is left to the cluster behind', () => {
  const doors = new Doors(orders)
  const clients = [doors.client(), doors.client()]
  for (const client of clients) client.send(metadata, 12, { topics: null })
  doors.run(5)
  expect(doors.behind.broker(1).openConnections).toBe(2)
  clients[0]?.link.close()
  doors.run(5)
  expect(doors.behind.broker(1).openConnections).toBe(1)
  doors.door.stop(() => {})
  doors.run(500)
  expect(doors.behind.broker(1).openConnections).toBe(0)
})
