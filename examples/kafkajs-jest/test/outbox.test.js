const { kafkaMatchers, sharedCluster } = require('@harrow/harness/jest')
const { producer } = require('../src/kafka')
const outbox = require('../src/outbox')
const outboxWithBug = require('../src/outbox-with-bug')

expect.extend(kafkaMatchers)

// It runs in the process of the global setup: everything about it is a promise.
const cluster = sharedCluster()

beforeAll(() => producer.connect())
afterAll(() => producer.disconnect())
beforeEach(() => cluster.reset())

/** A row is to be published while the brokers have too few replicas. Then Kafka is well again, and there is another row. */
async function publishAroundAnOutage({ publishPending }) {
  const rows = [{ id: 'o-1', payload: 'two coffees', isPublished: false }]
  const outage = await cluster.fault({
    name: 'too few replicas',
    on: { api: 'Produce', topic: 'orders' },
    do: { error: 'NOT_ENOUGH_REPLICAS' },
    times: 'always',
  })
  await publishPending(rows)
  await outage.hit(3) // the first attempt and two retries
  await outage.remove()
  rows.push({ id: 'o-2', payload: 'tea', isPublished: false })
  await publishPending(rows)
  return rows
}

test('what cannot be published stays in the outbox, and is published when Kafka is well again', async () => {
  await publishAroundAnOutage(outbox)
  await expect(cluster).toHaveReceivedInOrder('orders', [{ key: 'o-1' }, { key: 'o-2' }])
  await expect(cluster).toHaveStored('orders', 2)
})

test('an outbox that does not wait for the answer loses orders, and the matcher says so', async () => {
  const rows = await publishAroundAnOutage(outboxWithBug)
  expect(rows.every(({ isPublished }) => isPublished)).toBe(true)
  await expect(expect(cluster).toHaveReceived('orders', { key: 'o-1' })).rejects.toThrow(
    'topic orders has {"key":"o-1"} 0 times, wanted: at least once\nreceived: 1\n  0@0  key o-2  value tea',
  )
})
