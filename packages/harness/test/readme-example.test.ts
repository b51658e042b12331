import { expect, test } from '@harrow/harness/vitest'

test('what was sent is there', async ({ cluster, producer }) => {
  cluster.fault({ name: 'lose an answer', on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  await producer.send({ topic: 'orders', key: 'o-1', value: JSON.stringify({ item: 'tea' }) })
  await expect(cluster).toHaveReceivedTimes('orders', 1, { key: 'o-1', value: { item: 'tea' } })
})
