import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { FacadeWorld } from '../test/facade-world.ts'
import { ScriptedWorld } from '../test/scripted-world.ts'

test('abort: a record that waits is withdrawn, and never sent', async () => {
  const world = new FacadeWorld({ 'linger.ms': 0 })
  const aborter = new AbortController()
  const sent = world.producer.send({ topic: 'later', value: 'withdrawn' }, { signal: aborter.signal })
  const other = world.producer.send({ topic: 'later', value: 'stays' })
  await world.pass(100)
  aborter.abort(new Error('the user left'))
  await expect(world.run(sent)).rejects.toMatchObject({
    name: 'AbortError',
    code: 'ABORTED',
    certainty: 'definite',
    topic: 'later',
    cause: new Error('the user left'),
  })
  world.cluster.topic('later')
  await world.run(other)
  expect(world.cluster.valuesOf('later', 0)).toEqual(['stays'])
  expect(world.producer.inspect()).toMatchObject({ blockedSends: 0, waitingBytes: 0 })
})

test('abort: a record that waits for memory is withdrawn, and lets the next in line have it', async () => {
  const world = new FacadeWorld({ 'linger.ms': 0, 'batch.size': 150, 'buffer.memory': 150 })
  await world.run(world.producer.send({ topic: 'orders', value: 'first' }))
  world.cluster.produceScript = () => 'silence'
  const aborter = new AbortController()
  const fills = world.producer.send({ topic: 'orders', value: 'fills'.repeat(12) })
  const waits = world.producer.send({ topic: 'orders', value: 'waits'.repeat(12) }, { signal: aborter.signal })
  const next = world.producer.send({ topic: 'orders', value: 'next'.repeat(12) })
  aborter.abort()
  await expect(world.run(waits)).rejects.toMatchObject({ certainty: 'definite' })
  world.cluster.produceScript = () => () => ({})
  await world.run(Promise.all([fills, next]))
  expect(world.cluster.valuesOf('orders', 0)).not.toContain('waits'.repeat(12))
})

test('abort: a record in a batch goes its way, and only the wait for it ends', async () => {
  const world = new FacadeWorld({ 'linger.ms': 1_000 })
  await world.run(world.producer.send({ topic: 'orders', value: 'first' }))
  const aborter = new AbortController()
  const sent = world.producer.send({ topic: 'orders', value: 'on its way' }, { signal: aborter.signal })
  aborter.abort()
  await expect(sent).rejects.toMatchObject({ name: 'AbortError', certainty: 'maybe' })
  await world.run(world.producer.flush())
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['first', 'on its way'])
})

test('abort: with a signal that fired before, nothing is sent; with one that never fires, nothing is left of it', async () => {
  const world = new FacadeWorld({ 'linger.ms': 0 })
  const fired = world.producer.send({ topic: 'orders', value: 'a' }, { signal: AbortSignal.abort() })
  await expect(fired).rejects.toMatchObject({ certainty: 'definite' })
  const { signal } = new AbortController()
  const sent = world.producer.send({ topic: 'orders', value: 'b' }, { signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await world.run(sent)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  expect(world.cluster.valuesOf('orders', 0)).toEqual(['b'])
})

test('close: a signal ends the time for what was accepted', async () => {
  const world = new FacadeWorld({ 'linger.ms': 0 })
  world.cluster.produceScript = () => 'silence'
  const sent = world.producer.send({ topic: 'orders', value: 'a' }).catch(({ code }: { code: string }) => code)
  await world.pass(100)
  const aborter = new AbortController()
  const closed = world.producer.close({ signal: aborter.signal })
  await world.pass(1_000)
  expect(world.producer.inspect().state).toBe('closing')
  aborter.abort()
  await world.run(closed)
  expect(await sent).toBe('PRODUCER_CLOSED')
  expect(world.nowMs).toBeLessThan(1_200)
})

test('close: with a signal that fired before, it is a close without time', async () => {
  const world = new FacadeWorld({ 'linger.ms': 10_000 })
  const sent = world.producer.send({ topic: 'orders', value: 'a' }).catch(({ code }: { code: string }) => code)
  await world.run(world.producer.close({ signal: AbortSignal.abort() }))
  expect(await sent).toBe('PRODUCER_CLOSED')
})

test('close: a negative time is refused, and the producer goes on', async () => {
  const world = new FacadeWorld({ 'linger.ms': 0 })
  await expect(world.producer.close({ timeoutMs: -1 })).rejects.toMatchObject({ code: 'CONFIG' })
  await world.run(world.producer.send({ topic: 'orders', value: 'a' }))
})

test('close: twice, at the same time and later, is one close', async () => {
  const world = new FacadeWorld()
  await world.run(Promise.all([world.producer.close(), world.producer.close({ timeoutMs: 5 })]))
  await world.producer.close()
  expect(world.events.filter(({ event }) => event === 'closed')).toHaveLength(1)
})

test('close: before the first connection is there it ends at once, and leaves nothing', async () => {
  const world = new FacadeWorld()
  await world.run(world.producer.close())
  expect(world.runtime.clock.pending).toBe(0)
  expect(world.runtime.transport.openLinks).toBe(0)
})

test('callbacks: one that rejects is logged, like one that throws, and ends nothing', async () => {
  const world = new FacadeWorld({ 'linger.ms': 0 })
  world.producer.send({ topic: 'orders', value: 'a' }, async () => {
    throw new Error('mine')
  })
  world.producer.send({ topic: 'orders', value: 'b' }, () => {
    throw new Error('mine')
  })
  await world.run(world.producer.send({ topic: 'orders', value: 'c' }))
  await world.pass(10)
  expect(world.logged.sort()).toEqual(['a callback of the application rejected', 'a callback of the application threw'])
})

test('callbacks: they may send, flush and close, and nothing is told inside their calls', () => {
  const world = new ScriptedWorld({ 'linger.ms': 0 })
  world.cluster.topic('orders')
  const story: string[] = []
  world.core.send({ topic: 'orders', value: 'a' }, () => {
    story.push('a begins')
    world.core.send({ topic: 'orders', value: 'b' }, (_, error) => story.push(`b ${error?.code ?? 'delivered'}`))
    world.core.flush(() => story.push('flushed'))
    world.core.close({ timeoutMs: 0 }, () => story.push('closed'))
    expect(() => world.send('orders', 'c')).toThrow('after close')
    story.push('a ends')
  })
  world.run(1_000)
  expect(story).toEqual(['a begins', 'a ends', 'b PRODUCER_CLOSED', 'flushed', 'closed'])
})

test('callbacks: those of a partition come in the order of the sends, across batches and retries', () => {
  const world = new ScriptedWorld({
    'batch.size': 120,
    'linger.ms': 0,
    'max.in.flight.requests.per.connection': 1,
  })
  world.cluster.topic('orders')
  let n = 0
  world.cluster.produceScript = () => () => (n++ % 3 === 1 ? { errorCode: 6 } : {})
  const values = Array.from({ length: 40 }, (_, at) => `v${at}`)
  for (const value of values) world.send('orders', value)
  world.runUntil(() => world.outcomes.length === 40, 60_000)
  expect(world.outcomes.map(({ value }) => value)).toEqual(values)
  expect(world.outcomes.map(({ metadata }) => metadata?.offset)).toEqual(values.map((_, at) => BigInt(at)))
})
