import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { FacadeWorld } from '../test/facade-world.ts'
import { ScriptedWorld } from '../test/scripted-world.ts'
import { SendAllError } from './errors.ts'
import type { ProducerRecord } from './record.ts'

const value = 'x'.repeat(100)
/** Room for four batches. */
const small = { 'batch.size': 256, 'buffer.memory': 1024, 'linger.ms': 0 } as const

function* records(count: number, onTaken: (n: number) => void = () => {}): Generator<ProducerRecord> {
  for (let n = 0; n < count; n++) {
    onTaken(n)
    yield { topic: 'orders', value, key: `${n}` }
  }
}

test('backpressure: writableNeedDrain turns true before a send has to wait, and drain resolves when there is room', async () => {
  const world = new FacadeWorld(small)
  const { producer, cluster } = world
  expect(producer.writableNeedDrain).toBe(false)
  await producer.drain()
  await world.run(producer.send({ topic: 'orders', value }))
  cluster.produceScript = () => 'silence'
  const sent: Promise<unknown>[] = []
  while (!producer.writableNeedDrain) sent.push(producer.send({ topic: 'orders', value }).catch(() => 'closed'))
  expect(producer.inspect().blockedSends).toBe(0)
  const waits = producer.drain()
  expect(producer.drain()).toBe(waits)
  let isDrained = false
  const drained = waits.then(() => {
    isDrained = true
  })
  await world.pass(1_000)
  expect(isDrained).toBe(false)
  cluster.produceScript = () => () => ({})
  await world.run(drained)
  expect(producer.writableNeedDrain).toBe(false)
  expect(producer.drain()).not.toBe(waits)
  await world.run(Promise.all(sent))
})

test('backpressure: asking costs no allocation and no turn', () => {
  const world = new ScriptedWorld(small)
  world.run(1_000)
  const pending = world.runtime.clock.pending
  for (let i = 0; i < 1_000; i++) expect(world.core.needsDrain).toBe(false)
  expect(world.runtime.clock.pending).toBe(pending)
})

test('backpressure: records that wait for metadata or a serializer count, too', () => {
  const world = new ScriptedWorld(small)
  let accepted = 0
  // Each may need a batch of its own in the end.
  for (; !world.core.needsDrain && accepted < 100; accepted++) world.send('unknown', value)
  expect(accepted).toBe(4)
  const slow = new ScriptedWorld({ ...small, 'value.serializer': () => new Promise<never>(() => {}) })
  let started = 0
  for (; !slow.core.needsDrain && started < 100; started++) slow.send('orders', value)
  expect(started).toBe(4)
})

test('backpressure: nothing lingers while somebody waits to drain', () => {
  const world = new ScriptedWorld({ ...small, 'linger.ms': 60_000, 'delivery.timeout.ms': 100_000 })
  world.cluster.topic('orders', { partitions: 4 })
  world.send('orders', 'v', { partition: 0 })
  world.core.flush(() => {})
  world.runUntil(() => world.outcomes.length === 1, 1_000)
  for (let partition = 0; partition < 4; partition++) world.send('orders', 'v', { partition })
  expect(world.core.needsDrain).toBe(true)
  world.run(1_000)
  expect(world.outcomes).toHaveLength(1)
  let drained = false
  world.core.onDrain(() => {
    drained = true
  })
  world.runUntil(() => drained, 1_000)
  expect(world.outcomes.length).toBeGreaterThan(1)
})

test('backpressure: who waits to drain is let go by close', async () => {
  const world = new FacadeWorld(small)
  world.cluster.produceScript = () => 'silence'
  const sent: Promise<unknown>[] = []
  while (!world.producer.writableNeedDrain) {
    sent.push(world.producer.send({ topic: 'orders', value }).catch(({ code }) => code))
  }
  const drained = world.producer.drain()
  await world.run(Promise.all([world.producer.close({ timeoutMs: 100 }), drained]))
  expect(new Set(await Promise.all(sent))).toEqual(new Set(['PRODUCER_CLOSED']))
  expect(world.producer.writableNeedDrain).toBe(false)
  await world.producer.drain()
})

test.each(['iterable', 'async iterable'])('sendAll: takes no more of an %s than buffer.memory holds', async (kind) => {
  const world = new FacadeWorld(small)
  const { producer } = world
  let held = 0
  const source = records(200, () => {
    const { bufferTotalBytes, bufferAvailableBytes, waitingBytes } = producer.inspect()
    held = Math.max(held, bufferTotalBytes - bufferAvailableBytes + waitingBytes)
  })
  const sent = producer.sendAll(kind === 'iterable' ? source : Readable.from(source, { highWaterMark: 1 }))
  expect(await world.run(sent)).toEqual({ delivered: 200, failed: 0 })
  expect(held).toBeGreaterThan(512)
  expect(held).toBeLessThanOrEqual(1024)
  expect(world.cluster.batches.flatMap(({ keys }) => keys)).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`))
})

test('sendAll: nothing to send is no trouble, and the last records do not linger', async () => {
  const world = new FacadeWorld({ 'linger.ms': 60_000 })
  expect(await world.run(world.producer.sendAll([]))).toEqual({ delivered: 0, failed: 0 })
  expect(await world.run(world.producer.sendAll(records(3)))).toEqual({ delivered: 3, failed: 0 })
  expect(world.nowMs).toBeLessThan(1_000)
})

test('sendAll: the first failure ends it, after what was on its way, and closes the source', async () => {
  const world = new FacadeWorld(small)
  world.cluster.produceScript = () => () => (world.cluster.batches.length > 2 ? { errorCode: 7 } : {})
  let taken = 0
  const source = records(1_000, (n) => {
    taken = n + 1
  })
  const sent = world.producer.sendAll(source)
  const error = await world.run(sent.catch((thrown: unknown) => thrown))
  expect(error).toBeInstanceOf(SendAllError)
  expect(error).toMatchObject({ code: 'DELIVERY_TIMEOUT', certainty: 'maybe', topic: 'orders' })
  const { delivered, failed } = error as SendAllError
  expect(delivered).toBeGreaterThan(0)
  expect(failed).toBeGreaterThan(0)
  expect(delivered + failed).toBe(taken)
  expect(taken).toBeLessThan(20)
})

test('sendAll: with onFailure it goes on, and says which record it was', async () => {
  const world = new FacadeWorld({ ...small, 'max.request.size': 250 })
  const list: ProducerRecord[] = [
    { topic: 'orders', value },
    { topic: 'orders', value: 'x'.repeat(300) },
    { topic: '', value },
    { topic: 'orders', value },
  ]
  const failures: unknown[] = []
  const sent = world.producer.sendAll(list, { onFailure: ({ code }, record) => failures.push([code, record]) })
  expect(await world.run(sent)).toEqual({ delivered: 2, failed: 2 })
  expect(failures).toEqual([
    ['INVALID_RECORD', list[2]],
    ['RECORD_TOO_LARGE', list[1]],
  ])
})

test('sendAll: an error of the source is passed on, after what it gave', async () => {
  const world = new FacadeWorld()
  const source = (function* () {
    yield* records(2)
    throw new Error('the file ends here')
  })()
  await expect(world.run(world.producer.sendAll(source))).rejects.toThrow('the file ends here')
  expect(world.cluster.batches.flatMap(({ keys }) => keys)).toEqual(['0', '1'])
})

test('sendAll: a signal ends it at once, and no record is taken any more', async () => {
  const world = new FacadeWorld(small)
  world.cluster.produceScript = () => 'silence'
  const aborter = new AbortController()
  let taken = 0
  const source = records(1_000, () => taken++)
  const sent = world.producer.sendAll(source, { signal: aborter.signal })
  await world.pass(100)
  const before = taken
  aborter.abort(new Error('enough'))
  await expect(sent).rejects.toMatchObject({ name: 'AbortError', certainty: 'maybe', cause: new Error('enough') })
  world.cluster.produceScript = () => () => ({})
  await world.run(world.producer.flush())
  expect(taken).toBeLessThanOrEqual(before + 1)
  await expect(world.producer.sendAll(records(1), { signal: aborter.signal })).rejects.toThrow('aborted')
})

test('writable: a pipeline ends when everything is delivered, and holds no more than buffer.memory', async () => {
  const world = new FacadeWorld(small)
  let blocked = 0
  const source = records(200, () => {
    blocked = Math.max(blocked, world.producer.inspect().blockedSends)
  })
  await world.run(pipeline(Readable.from(source), world.producer.writable()))
  expect(world.cluster.batches.flatMap(({ keys }) => keys)).toHaveLength(200)
  expect(world.events.some(({ event }) => event === 'buffer-wait')).toBe(false)
  expect(blocked).toBeLessThan(20)
  await world.run(world.producer.send({ topic: 'orders', value }))
})

test('writable: a record that fails fails the pipeline, and so does one that nobody could send', async () => {
  const world = new FacadeWorld(small)
  world.cluster.produceScript = () => () => ({ errorCode: 29 })
  const failing = pipeline(Readable.from(records(1_000)), world.producer.writable())
  await expect(world.run(failing)).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' })
  const refused = pipeline(Readable.from([{ topic: '', value }]), world.producer.writable())
  await expect(world.run(refused)).rejects.toMatchObject({ code: 'INVALID_RECORD' })
  await world.run(pipeline(Readable.from([]), world.producer.writable()))
})

test('backpressure: enough under way asks to wait long before buffer.memory is used up, and half of it lets go', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders', { partitions: 1 })
  world.send('orders', 'first')
  world.run(1_000)
  world.cluster.produceScript = () => 'silence'
  const large = 'x'.repeat(10_000)
  while (!world.core.needsDrain) world.send('orders', large)
  const usedBytes = (): number => {
    const { bufferTotalBytes, bufferAvailableBytes } = world.core.inspect()
    return bufferTotalBytes - bufferAvailableBytes
  }
  expect(usedBytes()).toBe(2 ** 19)
  let usedWhenDrained = Number.NaN
  world.core.onDrain(() => {
    usedWhenDrained = usedBytes()
  })
  world.run(1_000)
  expect(usedWhenDrained).toBeNaN()
  world.cluster.produceScript = () => () => ({})
  world.runUntil(() => !Number.isNaN(usedWhenDrained), 300_000)
  expect(usedWhenDrained).toBeGreaterThan(0)
  expect(usedWhenDrained).toBeLessThanOrEqual(2 ** 18)
})

test('backpressure: many partitions may each have as much under way as the requests in flight can carry', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0, 'batch.size': 100_000, 'max.in.flight.requests.per.connection': 2 })
  world.cluster.topic('orders', { partitions: 10 })
  world.send('orders', 'first', { partition: 0 })
  world.run(1_000)
  world.cluster.produceScript = () => 'silence'
  const large = 'x'.repeat(60_000)
  let sent = 0
  for (; !world.core.needsDrain; sent++) world.send('orders', large, { partition: sent % 10 })
  // Ten partitions, of each two batches for two requests and one that fills.
  expect(sent).toBe(10 * 3)
})
