import type { Address, Clock, CloseReason, Link } from '@harrow/runtime'

export type Side = 'client' | 'broker'

/** Something that happened on a connection, as the broker's end of it saw it. */
export type CapturedMoment = {
  /** Ordinal of the connection within the cluster. */
  readonly connection: number
  /** On the monotonic clock. */
  readonly atMs: number
  /** For people: which fault acted here. */
  readonly comments: readonly string[]
} & (
  | { readonly what: 'opened'; readonly client: Address; readonly broker: Address; readonly brokerId: number }
  | { readonly what: 'bytes'; readonly from: Side; readonly bytes: Uint8Array }
  | { readonly what: 'closed'; readonly by: Side; readonly how: 'fin' | 'reset' }
)

/** Listens in on one connection. */
export interface Tap {
  /** The same link; what is written to it and how it is closed is captured. */
  readonly link: Link
  received(bytes: Uint8Array): void
  closedByClient(why: CloseReason): void
}

/**
 * The bytes of every connection as they came and went, copied, because a log overwrites offsets in the bytes it was
 * sent. From the beginning until `bytesMax` is reached: a dissector that has missed the start of a stream understands
 * nothing of the rest, and a capture that is full costs nothing more.
 */
export class WireCapture {
  private readonly clock: Clock
  private readonly bytesMax: number
  private captured: CapturedMoment[] = []
  private latest = new Map<number, CapturedMoment>()
  private bytes = 0
  private missed = 0
  private slab = new Uint8Array(0)
  private slabUsed = 0

  constructor(clock: Clock, options: { readonly bytesMax: number }) {
    this.clock = clock
    this.bytesMax = options.bytesMax
  }

  /** In the order in which it happened. */
  get moments(): readonly CapturedMoment[] {
    return this.captured
  }

  /** Bytes that came or went after the capture was full (`captureBytesMax`). */
  get missedBytes(): number {
    return this.missed
  }

  /** What the wall clock shows when the monotonic one shows 0, by what both show now. */
  get wallAtZeroMs(): number {
    return this.clock.wallMs() - this.clock.nowMs()
  }

  tap(link: Link, connection: { readonly id: number; readonly broker: Address & { readonly id: number } }): Tap {
    if (this.bytesMax === 0) return { link, received() {}, closedByClient() {} }
    const { id, broker } = connection
    this.add({
      ...this.now(id),
      what: 'opened',
      client: link.remote,
      broker: { host: broker.host, port: broker.port },
      brokerId: broker.id,
    })
    let isClosed = false
    const closed = (by: Side, how: 'fin' | 'reset'): void => {
      if (!isClosed) this.add({ ...this.now(id), what: 'closed', by, how })
      isClosed = true
      this.latest.delete(id)
    }
    return {
      link: {
        remote: link.remote,
        write: (bytes) => {
          if (!isClosed) this.addBytes(id, 'broker', bytes)
          return link.write(bytes)
        },
        writeParts: (parts) => {
          if (!isClosed) for (const part of parts) this.addBytes(id, 'broker', part)
          return link.writeParts(parts)
        },
        close: (how = 'fin') => {
          closed('broker', how)
          link.close(how)
        },
        pauseReading: () => link.pauseReading(),
        resumeReading: () => link.resumeReading(),
      },
      received: (bytes) => this.addBytes(id, 'client', bytes),
      closedByClient: ({ kind }) => closed('client', kind === 'fin' ? 'fin' : 'reset'),
    }
  }

  /** Puts a word for the reader next to what came or went last on a connection. */
  note(connection: number, comment: string): void {
    const moment = this.latest.get(connection)
    if (moment !== undefined) Object.assign(moment, { comments: [...moment.comments, comment] })
  }

  /** Forgets what was captured. Connections that are open go on being captured, from the middle. */
  clear(): void {
    this.captured = []
    this.latest.clear()
    this.bytes = 0
    this.missed = 0
  }

  private addBytes(connection: number, from: Side, bytes: Uint8Array): void {
    if (this.bytes + bytes.length > this.bytesMax) {
      this.missed += bytes.length
      // Nothing after a gap: a stream with a hole is worse than one that ends.
      this.bytes = this.bytesMax
      return
    }
    this.bytes += bytes.length
    const atMs = this.clock.nowMs()
    this.add({ connection, atMs, comments: noComments, what: 'bytes', from, bytes: this.copyOf(bytes) })
  }

  /** HOT: twice per request. Many copies share an array, because one of its own outside the heap costs more than the copy. */
  private copyOf(bytes: Uint8Array): Uint8Array {
    if (bytes.length > slabBytes / 16) return new Uint8Array(bytes)
    if (this.slabUsed + bytes.length > this.slab.length) {
      this.slab = new Uint8Array(slabBytes)
      this.slabUsed = 0
    }
    const copy = this.slab.subarray(this.slabUsed, this.slabUsed + bytes.length)
    copy.set(bytes)
    this.slabUsed += bytes.length
    return copy
  }

  private add(moment: CapturedMoment): void {
    if (this.missed > 0) return
    this.captured.push(moment)
    this.latest.set(moment.connection, moment)
  }

  private now(connection: number): { connection: number; atMs: number; comments: readonly string[] } {
    return { connection, atMs: this.clock.nowMs(), comments: noComments }
  }
}

const slabBytes = 64 * 1024
const noComments: readonly string[] = []
