import { expect, test } from 'vitest'
import { ScriptedWorld } from '../test/scripted-world.ts'

test('producer core: a record is delivered and its offset comes back', () => {
  const world = new ScriptedWorld()
  world.cluster.topic('orders')
  world.send('orders', 'tea', { key: 'alice' })
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  expect(world.outcomes[0]?.metadata).toMatchObject({
    topic: 'orders',
    partition: 0,
    offset: 0n,
    serializedKeySize: 5,
    serializedValueSize: 3,
  })
  expect(world.core.inspect()).toMatchObject({
    bufferAvailableBytes: 33554432,
    incompleteBatches: 0,
    producerId: 1000n,
  })
})
