/**
 * What a producer holds when brokers stop answering: counted (`buffer.memory`) and really there, per codec.
 *
 *   node --expose-gc --import tsx --conditions=@harrow/source packages/producer/bench/memory.ts
 *
 * Records compress to about a tenth. Without an answer the producer fills its memory; the last send waits.
 */
import { memoryUsage } from 'node:process'
import { ScriptedWorld } from '../test/scripted-world.ts'

const totalBytes = 32 * 1024 * 1024
const value = JSON.stringify(
  Array.from({ length: 12 }, (_, i) => ({ order: `A-${i}`, customer: 'c-220', lines: [], ok: true })),
)

const before = arrayBytes()
for (const codec of ['none', 'snappy', 'lz4'] as const) fill(codec)

function fill(codec: 'none' | 'snappy' | 'lz4'): void {
  const world = new ScriptedWorld({ 'compression.type': codec, 'buffer.memory': totalBytes, 'linger.ms': 0 })
  world.cluster.topic('orders', { partitions: 8 })
  // Until the estimate of the ratio has settled.
  for (let i = 0; i < 40_000; i++) {
    world.send('orders', value, { partition: i % 8 })
    if (i % 100 === 99) world.run(50)
  }
  world.run(10_000)
  world.cluster.produceScript = () => 'silence'
  world.outcomes.length = 0
  world.events.length = 0
  world.cluster.batches.length = 0
  world.cluster.requests.length = 0
  let records = 0
  while (world.core.inspect().bufferPooledWaiters === 0) {
    world.send('orders', value, { partition: records++ % 8 })
    if (records % 1_000 === 0) world.core.poll(world.nowMs)
  }
  const thereBytes = arrayBytes() - before
  const countedBytes = totalBytes - world.core.inspect().bufferAvailableBytes
  process.stdout.write(
    `${codec}: ${records} records of ${value.length} bytes (${mib(records * value.length)}), ` +
      `counted ${mib(countedBytes)}, there ${mib(thereBytes)}\n`,
  )
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

function arrayBytes(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.()
  return memoryUsage().arrayBuffers
}
