import { test as base, expect } from '@harrow/harness/vitest'
import type { MockCluster } from '@harrow/mock-broker'
import { OrderService } from '../src/order-service.ts'
import { OrderServiceWithBug } from '../src/order-service-with-bug.ts'

// The fixture `cluster` starts a cluster for each test, stops it, and fails a test whose fault never fired.
const test = base.extend({ clusterOptions: { brokers: 3, topics: { orders: 3 } } })

/** One order, while the answer to the first attempt gets lost: the order is in the log, and nobody says so. */
async function placeWhileTheAnswerIsLost(
  cluster: MockCluster,
  start: (brokers: string[]) => Promise<OrderService | OrderServiceWithBug>,
): Promise<void> {
  cluster.fault({
    name: 'lose the first answer',
    on: { api: 'Produce', topic: 'orders', nth: 1 },
    do: { disconnect: 'after-handling' },
  })
  const service = await start(cluster.bootstrapServers.split(','))
  await service.place({ id: 'o-1', item: 'two coffees' })
  await service.stop()
}

/** What makes two records the same order to the rest of the shop. */
const byOrder = { by: ({ key }: { key: Uint8Array | null }) => Buffer.from(key ?? []).toString() }

test('an order is delivered once, even if the answer is lost', async ({ cluster }) => {
  await placeWhileTheAnswerIsLost(cluster, OrderService.start)
  await expect(cluster).toHaveReceivedTimes('orders', 1, { key: 'o-1', value: { item: 'two coffees' } })
  await expect(cluster).toHaveNoDuplicates('orders', byOrder)
})

test('a service that retries by itself delivers it twice, and the matcher says so', async ({ cluster }) => {
  await placeWhileTheAnswerIsLost(cluster, OrderServiceWithBug.start)
  await expect(expect(cluster).toHaveNoDuplicates('orders', byOrder)).rejects.toThrow(
    /topic orders has 1 duplicates among 2 records\n.*key o-1/,
  )
})
