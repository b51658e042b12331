import { expect, test } from 'vitest'
import { systemClock } from '../system-clock.ts'
import type { Address, CloseReason, Link, Listener, Peer } from '../transport.ts'
import { tcpTransport } from './tcp.ts'

/** A peer whose events can be awaited. */
class Waiting implements Peer {
  readonly bytes: number[] = []
  readonly opened: Promise<Link>
  readonly closed: Promise<CloseReason>
  private open!: (link: Link) => void
  private end!: (why: CloseReason) => void
  private readonly enough: { count: number; done: () => void }[] = []
  drained = 0

  constructor() {
    this.opened = new Promise((resolve) => {
      this.open = resolve
    })
    this.closed = new Promise((resolve) => {
      this.end = resolve
    })
  }
  has(count: number): Promise<void> {
    return new Promise((done) => {
      this.enough.push({ count, done })
      this.onBytes(new Uint8Array())
    })
  }
  onOpen(link: Link): void {
    this.open(link)
  }
  onBytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.bytes.push(byte)
    for (const { count, done } of this.enough) if (this.bytes.length >= count) done()
  }
  onDrain(): void {
    this.drained++
  }
  onClose(why: CloseReason): void {
    this.end(why)
  }
}

async function pair(): Promise<{ client: Waiting; server: Waiting; near: Link; far: Link; end(): Promise<void> }> {
  const server = new Waiting()
  const { listener, bound } = await listen(() => server)
  const client = new Waiting()
  tcpTransport.connect(bound, client)
  const [near, far] = await Promise.all([client.opened, server.opened])
  return { client, server, near, far, end: () => new Promise((resolve) => listener.close(resolve)) }
}

function listen(accept: () => Peer): Promise<{ listener: Listener; bound: Address }> {
  return new Promise((resolve, reject) => {
    const listener = tcpTransport.listen({ host: '127.0.0.1', port: 0 }, accept, {
      onListening: (bound) => resolve({ listener, bound }),
      onError: reject,
    })
  })
}

test('tcp: bytes travel both ways, and the one that closes hears no close', async () => {
  const { client, server, near, far, end } = await pair()
  near.write(Uint8Array.of(1, 2))
  await server.has(2)
  far.write(Uint8Array.of(3))
  far.close('fin')
  expect((await client.closed).kind).toBe('fin')
  expect([server.bytes, client.bytes]).toEqual([[1, 2], [3]])
  await end()
})

test('tcp: parts arrive as if they had been written in one piece, in order with what comes before and after', async () => {
  const { server, near, end } = await pair()
  const numbers = Uint8Array.from({ length: 100_000 }, (_, i) => i)
  near.write(Uint8Array.of(9))
  near.writeParts([numbers.subarray(0, 10), numbers.subarray(10, 70_000), numbers.subarray(70_000)])
  near.writeParts([Uint8Array.of(8)])
  near.writeParts([])
  near.close('fin')
  expect((await server.closed).kind).toBe('fin')
  expect(server.bytes).toEqual([9, ...numbers, 8])
  near.writeParts([numbers, numbers])
  await end()
})

test('tcp: fin sends what is queued first', async () => {
  const { server, near, end } = await pair()
  for (let i = 0; i < 64; i++) near.write(new Uint8Array(16_384))
  near.close('fin')
  expect((await server.closed).kind).toBe('fin')
  expect(server.bytes.length).toBe(64 * 16_384)
  await end()
})

test('tcp: reset is seen as a reset', async () => {
  const { server, near, end } = await pair()
  near.close('reset')
  expect((await server.closed).kind).toBe('reset')
  await end()
})

test('tcp: an address where nobody listens refuses', async () => {
  const { listener, bound } = await listen(() => new Waiting())
  await new Promise<void>((resolve) => listener.close(resolve))
  const client = new Waiting()
  tcpTransport.connect(bound, client)
  expect((await client.closed).kind).toBe('refused')
})

test('tcp: an address in use is an error, not a crash', async () => {
  const { listener, bound } = await listen(() => new Waiting())
  const refused = new Promise<Error>((resolve) => {
    tcpTransport.listen(bound, () => new Waiting(), { onListening() {}, onError: resolve })
  })
  expect((await refused).message).toContain('EADDRINUSE')
  await new Promise<void>((resolve) => listener.close(resolve))
})

test('tcp: a reader that pauses pushes back on the writer, and drains when it resumes', async () => {
  const { client, server, near, far, end } = await pair()
  far.pauseReading()
  let written = 0
  while (near.write(new Uint8Array(65_536)) && written < 1e9) written += 65_536
  written += 65_536
  expect(client.drained).toBe(0)
  far.resumeReading()
  await server.has(written)
  near.close('reset')
  await server.closed
  await end()
})

test('system clock: a wake-up is never early, never inside the call, and can be taken back', async () => {
  const calls: string[] = []
  const startMs = systemClock.nowMs()
  systemClock.wakeAt(startMs + 1, () => calls.push('cancelled'))()
  systemClock.wakeAt(startMs - 5, () => calls.push('past'))
  systemClock.wakeAt(Number.POSITIVE_INFINITY, () => calls.push('never'))
  expect(calls).toEqual([])
  const atMs = startMs + 3.4
  const lateMs = await new Promise<number>((resolve) => {
    systemClock.wakeAt(atMs, () => resolve(systemClock.nowMs() - atMs))
  })
  expect(lateMs).toBeGreaterThanOrEqual(0)
  expect(calls).toEqual(['past'])
})
