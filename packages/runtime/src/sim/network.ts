import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { Address, CloseReason, Link, ListenEvents, Listener, Peer, Transport } from '../transport.ts'

export interface NetworkOptions {
  /** One-way delay of each chunk, drawn evenly from this range; order within a link is kept. Default 0.25 to 1 ms. */
  readonly latencyMs?: { readonly min: number; readonly max: number }
  /** Bytes are cut at random into chunks of at most this many. Default: not cut. */
  readonly chunkBytesMax?: number
  /** Bytes on their way or unread above which `write` returns false. Default 256 KiB. */
  readonly windowBytes?: number
}

/**
 * A network in memory and in virtual time: two FIFO byte pipes per connection, with seeded latency and chunking. It
 * never reorders or loses bytes within a living link, because TCP does not; only links die.
 */
export class SimulatedNetwork implements Transport {
  private readonly clock: Clock
  private readonly random: Random
  private readonly options: Required<NetworkOptions>
  private readonly listeners = new Map<string, () => Peer>()
  private readonly hanging = new Set<string>()
  /** Ends that are neither closed nor told of their close: what a census counts. */
  private readonly open = new Set<SimulatedLink>()
  private readonly traffic: Traffic = { pieces: 0 }
  private connections = 0
  private nextPort = 49_152

  constructor(clock: Clock, random: Random, options: NetworkOptions = {}) {
    this.clock = clock
    this.random = random
    this.options = {
      latencyMs: options.latencyMs ?? { min: 0.25, max: 1 },
      chunkBytesMax: options.chunkBytesMax ?? Number.POSITIVE_INFINITY,
      windowBytes: options.windowBytes ?? 256 * 1024,
    }
  }

  /** Ends of links still open, both sides counted. */
  get openLinks(): number {
    return this.open.size
  }

  /** Pieces of bytes that have arrived so far, each in an event of its own. */
  get piecesArrived(): number {
    return this.traffic.pieces
  }

  get listening(): number {
    return this.listeners.size
  }

  /**
   * From now on attempts to connect there get no answer at all: not accepted, not refused. A firewall that drops
   * packets, or a host that lost its power. Links that are open live on.
   */
  hang(at: Address): void {
    this.hanging.add(key(at))
  }

  /** Attempts to connect there are answered again; those made before stay unanswered. */
  unhang(at: Address): void {
    this.hanging.delete(key(at))
  }

  connect(to: Address, peer: Peer): Link {
    const random = this.random.fork(`connection ${this.connections++}`)
    const near = this.end(random.fork('there'), to)
    const far = this.end(random.fork('back'), { host: 'client', port: this.connections })
    near.attach(peer, far)
    if (this.hanging.has(key(to))) {
      this.open.delete(far)
      return near
    }
    const arrival = this.clock.nowMs() + near.latencyMs()
    this.clock.wakeAt(arrival, () => {
      if (near.isClosed) return void this.open.delete(far)
      const accept = this.listeners.get(key(to))
      if (accept === undefined) {
        this.open.delete(far)
        return near.abandon({ kind: 'refused', message: `nobody listens at ${key(to)}` })
      }
      far.attach(accept(), near)
      far.opened()
      this.clock.wakeAt(this.clock.nowMs() + far.latencyMs(), () => near.opened())
    })
    return near
  }

  listen(at: Address, accept: () => Peer, events: ListenEvents): Listener {
    const bound = { host: at.host, port: at.port === 0 ? this.nextPort++ : at.port }
    const where = key(bound)
    let alive = true
    // In an event of its own, as on a real platform.
    this.clock.wakeAt(this.clock.nowMs(), () => {
      if (!alive) return
      if (this.listeners.has(where)) return events.onError(new Error(`${where} is already in use`))
      this.listeners.set(where, accept)
      events.onListening(bound)
    })
    return {
      close: (closed) => {
        if (alive && this.listeners.get(where) === accept) this.listeners.delete(where)
        alive = false
        if (closed !== undefined) this.clock.wakeAt(this.clock.nowMs(), closed)
      },
    }
  }

  private end(random: Random, remote: Address): SimulatedLink {
    const { clock, options, traffic } = this
    const link = new SimulatedLink({ clock, random, remote, options, traffic }, () => this.open.delete(link))
    this.open.add(link)
    return link
  }
}

interface Traffic {
  pieces: number
}

interface LinkParts {
  readonly clock: Clock
  readonly random: Random
  readonly remote: Address
  readonly options: Required<NetworkOptions>
  readonly traffic: Traffic
}

/** One end of a connection. */
class SimulatedLink implements Link {
  readonly remote: Address
  private readonly clock: Clock
  private readonly random: Random
  private readonly options: Required<NetworkOptions>
  private readonly traffic: Traffic
  private readonly gone: () => void
  private peer: Peer | undefined
  private other: SimulatedLink | undefined
  private isOpen = false
  private closedHere = false
  private paused = false
  /** Arrived and not handed over, because reading is paused. */
  private readonly unread: Uint8Array[] = []
  private endedBy: CloseReason | undefined
  /** A FIN that arrived while reading was paused: it comes after the bytes before it. */
  private pendingEnd: CloseReason | undefined
  /** FIFO: no chunk may arrive before the one written earlier. */
  private lastArrivalMs = 0
  /** A reset sent by the other end arrives then; chunks due later are lost. */
  private resetAtMs = Number.POSITIVE_INFINITY
  /** Written here, not yet taken by the other side. */
  private queuedBytes = 0
  private mustDrain = false

  constructor(parts: LinkParts, gone: () => void) {
    this.clock = parts.clock
    this.random = parts.random
    this.remote = parts.remote
    this.options = parts.options
    this.traffic = parts.traffic
    this.gone = gone
  }

  attach(peer: Peer, other: SimulatedLink): void {
    this.peer = peer
    this.other = other
  }

  get isClosed(): boolean {
    return this.closedHere || this.endedBy !== undefined
  }

  latencyMs(): number {
    const { min, max } = this.options.latencyMs
    return min + Math.floor(this.random.unit() * (max - min) * 1024) / 1024
  }

  opened(): void {
    if (this.isClosed) return
    this.isOpen = true
    this.peer?.onOpen(this)
    this.deliverUnread()
  }

  abandon(why: CloseReason): void {
    if (this.isClosed) return
    this.endedBy = why
    this.gone()
    this.peer?.onClose(why)
  }

  write(bytes: Uint8Array): boolean {
    // A copy: whoever changes a buffer after writing it is found out by the law RETRYID, not hidden by sharing.
    return this.queue(bytes.slice())
  }

  writeParts(parts: readonly Uint8Array[]): boolean {
    return this.queue(joined(parts))
  }

  private queue(copy: Uint8Array): boolean {
    const other = this.other
    if (this.isClosed || other === undefined || copy.length === 0) return true
    const { chunkBytesMax, windowBytes } = this.options
    this.queuedBytes += copy.length
    for (let from = 0; from < copy.length; ) {
      const left = copy.length - from
      const length = Number.isFinite(chunkBytesMax) ? Math.min(left, 1 + this.random.below(chunkBytesMax)) : left
      const chunk = length === copy.length ? copy : copy.subarray(from, from + length)
      from += length
      this.lastArrivalMs = Math.max(this.lastArrivalMs, this.clock.nowMs() + this.latencyMs())
      this.clock.wakeAt(this.lastArrivalMs, () => other.arrived(chunk, this))
    }
    if (this.queuedBytes <= windowBytes) return true
    this.mustDrain = true
    return false
  }

  close(how: 'fin' | 'reset' = 'fin'): void {
    if (this.isClosed) return
    this.closedHere = true
    this.unread.length = 0
    this.gone()
    const other = this.other
    if (other === undefined || !other.isAttached) return
    const arrivalMs = this.clock.nowMs() + this.latencyMs()
    if (how === 'reset') {
      other.resetAtMs = arrivalMs
      this.clock.wakeAt(arrivalMs, () => other.ended({ kind: 'reset', message: 'connection reset by the other side' }))
    } else {
      this.lastArrivalMs = Math.max(this.lastArrivalMs, arrivalMs)
      this.clock.wakeAt(this.lastArrivalMs, () => other.ended({ kind: 'fin', message: 'closed by the other side' }))
    }
  }

  pauseReading(): void {
    this.paused = true
  }

  resumeReading(): void {
    if (!this.paused) return
    this.paused = false
    this.clock.wakeAt(this.clock.nowMs(), () => this.deliverUnread())
  }

  private get isAttached(): boolean {
    return this.peer !== undefined
  }

  private arrived(chunk: Uint8Array, from: SimulatedLink): void {
    this.traffic.pieces++
    if (this.isClosed || this.clock.nowMs() > this.resetAtMs) return
    this.unread.push(chunk)
    this.deliverUnread(from)
  }

  private deliverUnread(from: SimulatedLink | undefined = this.other): void {
    while (this.isOpen && !this.paused && !this.isClosed) {
      const chunk = this.unread.shift()
      if (chunk === undefined) break
      from?.taken(chunk.length)
      this.peer?.onBytes(chunk)
    }
    if (this.pendingEnd !== undefined && this.unread.length === 0) this.ended(this.pendingEnd)
  }

  private ended(why: CloseReason): void {
    if (this.isClosed) return
    if (why.kind === 'fin' && this.unread.length > 0) {
      this.pendingEnd = why
      return
    }
    this.endedBy = why
    this.unread.length = 0
    this.gone()
    this.peer?.onClose(why)
  }

  private taken(bytes: number): void {
    this.queuedBytes -= bytes
    if (!this.mustDrain || this.queuedBytes > this.options.windowBytes / 2) return
    this.mustDrain = false
    this.clock.wakeAt(this.clock.nowMs(), () => {
      if (!this.isClosed) this.peer?.onDrain()
    })
  }
}

function key(address: Address): string {
  return `${address.host}:${address.port}`
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
