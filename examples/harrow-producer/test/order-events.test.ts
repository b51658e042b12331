import { test as base, describeScenarios, expect } from '@harrow/harness/vitest'
import type { MockCluster } from '@harrow/mock-broker'
import { config, configWithBug, OrderEvents } from '../src/order-events.ts'

const test = base.extend({ clusterOptions: { brokers: 3, topics: { 'order-events': 6 } } })

const story = [{ value: 'placed' }, { value: 'paid' }, { value: 'shipped' }]

/** Three events at once, of which a broker refuses the first for a moment. */
async function tellWhileABrokerRefuses(cluster: MockCluster, settings: typeof config): Promise<void> {
  const events = new OrderEvents(cluster.bootstrapServers, settings)
  await events.tell('o-0', 'placed') // connected, and the leaders are known
  cluster.fault({
    name: 'refuse one batch',
    on: { api: 'Produce', topic: 'order-events', nth: 1 },
    do: { error: 'NOT_ENOUGH_REPLICAS' },
  })
  await Promise.all([events.tell('o-1', 'placed'), events.tell('o-1', 'paid'), events.tell('o-1', 'shipped')])
  await events.stop()
}

test('the events of an order stay in order, even if a batch has to be sent again', async ({ cluster }) => {
  await tellWhileABrokerRefuses(cluster, config)
  await expect(cluster).toHaveReceivedInOrder(
    'order-events',
    story.map((event) => ({ key: 'o-1', ...event })),
  )
})

test('without idempotence an order is paid before it is placed, and the matcher says so', async ({ cluster }) => {
  await tellWhileABrokerRefuses(cluster, configWithBug)
  const inOrder = expect(cluster).toHaveReceivedInOrder(
    'order-events',
    story.map((event) => ({ key: 'o-1', ...event })),
    { within: 0 },
  )
  await expect(inOrder).rejects.toThrow('of 3 records in order, one partition of order-events has 1')
})

// Each file of scenarios/ is a test, in virtual time and over TCP.
await describeScenarios('scenarios')
