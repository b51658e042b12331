import { MockCluster } from '@harrow/mock-broker'
import { Kafka } from 'kafkajs'
import { expect, test } from 'vitest'

test('an order is written once, even if the answer to the first attempt is lost', async () => {
  await using cluster = await MockCluster.start({ brokers: 3, topics: { orders: { partitions: 6 } } })
  const lost = cluster.fault({
    name: 'lose the first answer',
    on: { api: 'Produce', topic: 'orders', nth: 1 },
    do: { disconnect: 'after-handling' }, // the order is in the log, and nobody says so
  })

  const kafka = new Kafka({ clientId: 'shop', brokers: cluster.bootstrapServers.split(','), logLevel: 0 })
  const producer = kafka.producer({ idempotent: true }) // without it, this test fails: the order is there twice
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ key: 'o-1', value: 'two coffees' }] })
  await producer.disconnect()

  expect(lost.hits()).toBe(1) // a fault that never fired proves nothing
  expect(cluster.records('orders').map(({ value }) => String(value && Buffer.from(value)))).toEqual(['two coffees'])
})
