import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CloseReason, Link, Peer } from '../transport.ts'
import type { NetworkOptions } from './network.ts'
import { type SimulatedRuntime, simulatedRuntime } from './runtime.ts'

/** Writes down what it hears. */
class Witness implements Peer {
  link: Link | undefined
  bytes: number[] = []
  chunks: number[] = []
  drains = 0
  closed: CloseReason['kind'] | undefined
  onOpen(link: Link): void {
    this.link = link
  }
  onBytes(bytes: Uint8Array): void {
    this.chunks.push(bytes.length)
    this.bytes.push(...bytes)
  }
  onDrain(): void {
    this.drains++
  }
  onClose(why: CloseReason): void {
    this.closed = why.kind
  }
}

const at = { host: 'broker', port: 9092 }

function world(options: { seed?: number; network?: NetworkOptions } = {}) {
  const runtime: SimulatedRuntime = simulatedRuntime({ seed: options.seed ?? 1, network: options.network ?? {} })
  const server = new Witness()
  const client = new Witness()
  const listener = runtime.transport.listen(at, () => server, { onListening() {}, onError() {} })
  runtime.clock.step()
  const link = runtime.transport.connect(at, client)
  const run = (): void => {
    while (runtime.clock.step());
  }
  return { runtime, server, client, link, listener, run }
}

test('simulated network: bytes arrive whole and in order, however they are cut', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 20 }),
      (seed, chunkBytesMax, writes) => {
        const { run, client, server } = world({ seed, network: { chunkBytesMax } })
        run()
        for (const bytes of writes) client.link?.write(bytes)
        run()
        expect(server.bytes).toEqual(writes.flatMap((bytes) => [...bytes]))
        expect(Math.max(0, ...server.chunks)).toBeLessThanOrEqual(chunkBytesMax)
      },
    ),
  )
})

test('simulated network: counts the pieces that arrived, of both directions', () => {
  const { runtime, link, server, run } = world({ network: { chunkBytesMax: 3 } })
  run()
  link.write(new Uint8Array(50))
  run()
  server.link?.write(new Uint8Array(50))
  run()
  expect(runtime.transport.piecesArrived).toBeGreaterThan(server.chunks.length)
  expect(server.chunks.length).toBeGreaterThan(16)
})

test('simulated network: the same seed delivers at the same times, another seed at others', () => {
  const times = (seed: number): number[] => {
    const { run, client, runtime } = world({ seed })
    run()
    const seen: number[] = []
    for (let i = 0; i < 5; i++) {
      client.link?.write(Uint8Array.of(i))
      run()
      seen.push(runtime.clock.nowMs())
    }
    return seen
  }
  expect(times(5)).toEqual(times(5))
  expect(times(5)).not.toEqual(times(6))
})

test('simulated network: what a writer changes after the write does not change what arrives', () => {
  const { run, client, server } = world()
  run()
  const bytes = Uint8Array.of(1, 2, 3)
  client.link?.write(bytes)
  bytes.fill(9)
  run()
  expect(server.bytes).toEqual([1, 2, 3])
})

test('simulated network: parts are one write', () => {
  const { run, client, server } = world()
  run()
  client.link?.writeParts([Uint8Array.of(1, 2), Uint8Array.of(3), new Uint8Array(0), Uint8Array.of(4)])
  run()
  expect(server.bytes).toEqual([1, 2, 3, 4])
  expect(server.chunks).toEqual([4])
})

test('simulated network: a connection to an address where nobody listens is refused', () => {
  const { runtime, run } = world()
  const lost = new Witness()
  runtime.transport.connect({ host: 'broker', port: 1 }, lost)
  run()
  expect([lost.closed, lost.link]).toEqual(['refused', undefined])
})

test('simulated network: an attempt that is closed before it opened is heard by nobody', () => {
  const { run, link, client, server, runtime } = world()
  link.close()
  run()
  expect([client.link, client.closed, server.link, runtime.transport.openLinks]).toEqual([
    undefined,
    undefined,
    undefined,
    0,
  ])
})

test('simulated network: fin delivers what was written before it', () => {
  const { run, client, server, runtime } = world()
  run()
  client.link?.write(Uint8Array.of(1, 2))
  client.link?.close('fin')
  run()
  expect([server.bytes, server.closed, runtime.transport.openLinks]).toEqual([[1, 2], 'fin', 0])
})

test('simulated network: reset loses what is still on its way', () => {
  const { run, client, server, runtime } = world({ network: { latencyMs: { min: 10, max: 10 } } })
  run()
  client.link?.write(Uint8Array.of(1))
  runtime.clock.runUntil(runtime.clock.nowMs() + 5)
  client.link?.write(Uint8Array.of(2))
  client.link?.close('reset')
  server.link?.write(Uint8Array.of(3))
  run()
  // Both writes and the reset take 10 ms: the first byte is 5 ms ahead, the second is level with the reset.
  expect([server.bytes[0], server.closed]).toEqual([1, 'reset'])
  expect(client.bytes).toEqual([])
})

test('simulated network: who closes hears nothing more, not even bytes that were on their way', () => {
  const { run, client, server } = world()
  run()
  server.link?.write(Uint8Array.of(1))
  client.link?.close()
  run()
  expect([client.bytes, client.closed]).toEqual([[], undefined])
})

test('simulated network: a paused reader gets its bytes when it resumes, and the fin after them', () => {
  const { run, client, server } = world()
  run()
  server.link?.pauseReading()
  client.link?.write(Uint8Array.of(1))
  client.link?.close()
  run()
  expect([server.bytes, server.closed]).toEqual([[], undefined])
  server.link?.resumeReading()
  run()
  expect([server.bytes, server.closed]).toEqual([[1], 'fin'])
})

test('simulated network: a slow reader makes write return false, and drains once when it has caught up', () => {
  const { run, client, server } = world({ network: { windowBytes: 10 } })
  run()
  server.link?.pauseReading()
  expect(client.link?.write(new Uint8Array(10))).toBe(true)
  expect(client.link?.write(new Uint8Array(1))).toBe(false)
  run()
  expect(client.drains).toBe(0)
  server.link?.resumeReading()
  run()
  expect([client.drains, server.bytes.length]).toEqual([1, 11])
})

test('simulated network: an address is free again after its listener closed', () => {
  const { runtime, listener, run } = world()
  const heard: string[] = []
  const events = { onListening: () => heard.push('listening'), onError: () => heard.push('in use') }
  runtime.transport.listen(at, () => new Witness(), events)
  run()
  listener.close(() => heard.push('closed'))
  run()
  runtime.transport.listen(at, () => new Witness(), events)
  run()
  expect(heard).toEqual(['in use', 'closed', 'listening'])
})

test('simulated network: an idle world has no event to come', () => {
  const { runtime, run } = world()
  run()
  expect([runtime.clock.pending, runtime.transport.openLinks, runtime.transport.listening]).toEqual([0, 2, 1])
})

test('simulated network: an address that hangs neither accepts nor refuses, until it no longer hangs', () => {
  const { runtime, run } = world()
  run()
  runtime.transport.hang(at)
  const waiting = new Witness()
  const link = runtime.transport.connect(at, waiting)
  run()
  expect([waiting.link, waiting.closed]).toEqual([undefined, undefined])
  link.close()
  runtime.transport.unhang(at)
  const served = new Witness()
  runtime.transport.connect(at, served)
  run()
  expect(served.link).toBeDefined()
  expect(waiting.closed).toBeUndefined()
  // Two ends each of the first connection and of the last; nothing of the one that was given up.
  expect(runtime.transport.openLinks).toBe(4)
})
