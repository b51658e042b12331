import { FrameError, FrameReader } from '@harrow/protocol'
import type { CloseReason, Link, Peer, Random } from '@harrow/runtime'
import { ByteGate } from './byte-gate.ts'
import type { Cluster, ClusterNode } from './cluster.ts'
import type { ConnectionControl, Delivery, Side } from './faults/fault-kind.ts'
import { describeError, type Pipeline, type Sink, type Source } from './pipeline.ts'
import type { Timers } from './timers.ts'
import type { Tap } from './wire-capture.ts'

export interface ConnectionParts {
  readonly cluster: Cluster
  readonly node: ClusterNode
  readonly pipeline: Pipeline
  readonly timers: Timers
  /** Ordinal within the cluster. */
  readonly id: number
  readonly random: Random
  readonly isBrokerUp: () => boolean
  readonly onClosed: (connection: Connection) => void
}

/**
 * Frames in, answers out in the order of the requests. One request at a time (F6): Kafka mutes a socket while it works
 * on a request of it, and so does this; that keeps the order without any bookkeeping, and lets a slow request block
 * the ones behind it as it does in Kafka.
 */
export class Connection implements Peer, Source, ConnectionControl {
  readonly node: ClusterNode
  readonly connection: number
  readonly random: Random
  softwareName: string | undefined
  softwareVersion: string | undefined
  readonly isBrokerUp: () => boolean
  private readonly parts: ConnectionParts
  private readonly reader: FrameReader
  private readonly gate: ByteGate
  /** Whole requests that wait for their turn: no more than one chunk holds, since reading stops meanwhile. */
  private readonly frames: Uint8Array[] = []
  /** A bad length prefix, found behind the frames. */
  private broken: FrameError | undefined
  private link: Link | undefined
  private tap: Tap | undefined
  private state: 'open' | 'hung' | 'closed' = 'open'
  private closedHow: 'fin' | 'reset' = 'reset'
  private isBusy = false
  private isPaused = false
  /** A fault stopped the reading. */
  private isHeld = false
  /** A fault made the line thin. */
  private answerBytesPerSecond: number | undefined
  /** Directions in which faults let nothing through for now. */
  private readonly clogs = new Set<{ readonly side: Side }>()
  /** Answers that wait for a clog to end. */
  private readonly heldAnswers: Uint8Array[] = []
  /** Answers that go out behind the next one. */
  private readonly overtaken: Uint8Array[] = []
  /** Bytes that it still takes before a fault ends it. */
  private bytesLeft: { count: number; readonly then: () => void } | undefined
  private idleMsMax: number
  /** The client does not read: no further request is taken before it has. */
  private mustDrain = false
  private isPumping = false
  private clientGone: (() => void) | undefined
  /** One for all requests: they come one at a time, and it knows nothing of any. */
  private readonly sink = this.makeSink()
  private cancelIdle: (() => void) | undefined
  private usedAtMs: number

  constructor(parts: ConnectionParts) {
    this.parts = parts
    this.node = parts.node
    this.connection = parts.id
    this.random = parts.random
    this.isBrokerUp = parts.isBrokerUp
    this.reader = new FrameReader({ frameBytesMax: parts.cluster.config.frameBytesMax })
    this.gate = new ByteGate({
      timers: parts.timers,
      through: (bytes) => this.guarded(() => this.receive(bytes)),
      onChange: () => this.guarded(() => this.updatePaused()),
    })
    this.idleMsMax = parts.cluster.config.connectionsMaxIdleMs
    this.usedAtMs = parts.cluster.clock.nowMs()
  }

  get isOpen(): boolean {
    return this.state === 'open'
  }

  onOpen(link: Link): void {
    this.tap = this.parts.cluster.capture.tap(link, { id: this.connection, broker: this.node })
    this.link = this.tap.link
    // Closed before it opened: one too many, or its broker stopped in between.
    if (this.state === 'closed') {
      this.link.close(this.closedHow)
      return
    }
    this.watchIdle()
    if (this.isPaused) this.link.pauseReading()
  }

  onBytes(bytes: Uint8Array): void {
    this.guarded(() => {
      this.tap?.received(bytes)
      // What a hung connection is sent goes nowhere; reading on is how it notices that the client closes.
      if (this.state !== 'open') return
      this.usedAtMs = this.parts.cluster.clock.nowMs()
      this.take(bytes)
    })
  }

  onDrain(): void {
    this.guarded(() => {
      this.mustDrain = false
      this.pump()
    })
  }

  onClose(why: CloseReason): void {
    this.tap?.closedByClient(why)
    this.guarded(() => this.ended(`client: ${why.kind}`))
  }

  /** Ends it from this side; with requests that wait for something given up. Idempotent. */
  close(how: 'fin' | 'reset', because: string): void {
    if (this.state === 'closed') return
    this.closedHow = how
    this.link?.close(how)
    this.ended(because)
  }

  /** After `close('fin')`: no longer wait for a client that does not read. */
  abandon(): void {
    this.link?.close('reset')
  }

  disconnect(how: 'fin' | 'reset', because: string): void {
    this.close(how, because)
  }

  forgetAll(): void {
    if (this.state !== 'open') return
    this.state = 'hung'
    this.frames.length = 0
    this.gate.clear()
    this.isHeld = false
    this.updatePaused()
  }

  stopReading(ms: number | undefined, then: () => void): void {
    this.isHeld = true
    this.updatePaused()
    if (ms === undefined) return
    this.parts.timers.after(ms, () =>
      this.guarded(() => {
        this.isHeld = false
        then()
        this.pump()
      }),
    )
  }

  limitBandwidth(bytesPerSecond: number, side: Side): () => void {
    const set = (limit: number | undefined): void => {
      if (side !== 'response') this.gate.limit(limit)
      if (side !== 'request') this.answerBytesPerSecond = limit
    }
    set(bytesPerSecond)
    return () => set(undefined)
  }

  limitIdleness(ms: number): void {
    this.idleMsMax = ms
    if (this.link === undefined) return
    this.cancelIdle?.()
    this.watchIdle()
  }

  clog(side: Side): () => void {
    const clog = { side }
    this.clogs.add(clog)
    this.clogsChanged()
    return () => {
      if (this.clogs.delete(clog)) this.guarded(() => this.clogsChanged())
    }
  }

  limitBytes(count: number, then: () => void): void {
    this.bytesLeft = { count, then }
  }

  private isClogged(side: 'request' | 'response'): boolean {
    return [...this.clogs].some((clog) => clog.side === side || clog.side === 'both')
  }

  private clogsChanged(): void {
    if (this.state !== 'open') return
    this.gate.hold(this.isClogged('request'))
    if (this.isClogged('response') || this.heldAnswers.length === 0) return
    // Together, as they come out of a pipe that was blocked.
    const bytes = joined(this.heldAnswers)
    this.heldAnswers.length = 0
    this.write(bytes)
  }

  private take(bytes: Uint8Array): void {
    const { bytesLeft } = this
    if (bytesLeft === undefined || bytes.length < bytesLeft.count) {
      if (bytesLeft !== undefined) bytesLeft.count -= bytes.length
      this.gate.push(bytes)
      return
    }
    this.gate.push(bytes.subarray(0, bytesLeft.count))
    bytesLeft.then()
  }

  private receive(bytes: Uint8Array): void {
    if (this.state !== 'open') return
    try {
      for (const frame of this.reader.push(bytes)) this.frames.push(frame)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.frames.push(...error.framesBefore)
      this.broken = error
    }
    this.pump()
  }

  /** Takes requests as long as there is one and nothing in the way. */
  private pump(): void {
    if (this.isPumping) return
    this.isPumping = true
    while (this.state === 'open' && !this.isBusy && !this.mustDrain && !this.isHeld && this.frames.length > 0) {
      const frame = this.frames.shift()
      if (frame === undefined) break
      this.isBusy = true
      const clientGone = this.parts.pipeline.take(frame, this, this.sink)
      if (this.isBusy) this.clientGone = clientGone
    }
    this.isPumping = false
    if (this.state === 'open' && !this.isBusy && this.frames.length === 0 && this.broken !== undefined) {
      const { message } = this.broken
      this.parts.cluster.find({ kind: 'malformed-frame', broker: this.node.id, connection: this.connection, message })
      this.close('fin', message)
      return
    }
    this.updatePaused()
  }

  private makeSink(): Sink {
    const done = (act: () => void): void => {
      if (this.state !== 'open') return
      this.isBusy = false
      this.clientGone = undefined
      this.usedAtMs = this.parts.cluster.clock.nowMs()
      act()
      this.pump()
    }
    return {
      answer: (bytes, delivery) => {
        const { answerBytesPerSecond: rate } = this
        if (delivery === undefined && rate === undefined) {
          return done(() => {
            this.write(bytes)
            this.writeOvertaken()
          })
        }
        const plan = delivery ?? { pieces: [{ bytes, afterMs: 0 }] }
        if (plan.isOvertaken) {
          this.overtaken.push(...plan.pieces.map((piece) => piece.bytes))
          return done(() => {})
        }
        this.deliver(rate === undefined ? plan : atRate(plan, rate), () =>
          done(() => {
            this.writeOvertaken()
            if (plan.close !== undefined) this.close(plan.close, 'a fault')
          }),
        )
      },
      noAnswer: () => done(() => {}),
      hang: () => done(() => this.forgetAll()),
      close: (how, because) => done(() => this.close(how, because)),
    }
  }

  private write(bytes: Uint8Array): void {
    if (this.isClogged('response')) {
      this.heldAnswers.push(bytes)
      return
    }
    if (this.link?.write(bytes) === false) this.mustDrain = true
  }

  private writeOvertaken(): void {
    for (const bytes of this.overtaken.splice(0)) this.write(bytes)
  }

  /** Piece by piece; the connection is busy with it as long as it takes. */
  private deliver({ pieces, muteMs }: Delivery, done: () => void): void {
    const after = (ms: number, act: () => void): void =>
      void this.parts.timers.after(ms, () => this.guarded(() => this.state === 'open' && act()))
    const goOn = (index: number): void => {
      const piece = pieces[index]
      if (piece === undefined) {
        if (muteMs === undefined) done()
        else after(muteMs, done)
        return
      }
      const write = (): void => {
        this.write(piece.bytes)
        goOn(index + 1)
      }
      // Every piece but the first in a turn of its own, or a real socket would join them again.
      if (index === 0 && piece.afterMs === 0) write()
      else after(piece.afterMs, write)
    }
    if (this.state === 'open') goOn(0)
  }

  private updatePaused(): void {
    const isBehind = (this.isBusy || this.mustDrain) && this.frames.length > 0
    const paused = this.state === 'open' && (this.isHeld || this.gate.isShut || isBehind)
    if (this.isPaused === paused) return
    this.isPaused = paused
    if (paused) this.link?.pauseReading()
    else this.link?.resumeReading()
  }

  /** F8. One timer per connection, looked at when it comes due: a busy connection does not move it. */
  private watchIdle(): void {
    const { idleMsMax } = this
    if (idleMsMax === 0) return
    const leftMs = this.usedAtMs + idleMsMax - this.parts.cluster.clock.nowMs()
    this.cancelIdle = this.parts.timers.after(Math.max(leftMs, 0), () =>
      this.guarded(() => {
        const idleMs = this.parts.cluster.clock.nowMs() - this.usedAtMs
        if (this.state === 'open' && !this.isBusy && idleMs >= idleMsMax) this.close('fin', 'idle')
        else if (this.state !== 'closed') this.watchIdleAgain()
      }),
    )
  }

  private watchIdleAgain(): void {
    // A hung or busy connection is not idle, however long it takes.
    if (this.isBusy || this.state === 'hung') this.usedAtMs = this.parts.cluster.clock.nowMs()
    this.watchIdle()
  }

  private ended(because: string): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.frames.length = 0
    this.gate.clear()
    this.cancelIdle?.()
    this.clientGone?.()
    this.clientGone = undefined
    this.parts.cluster.tell({ event: 'connection-closed', broker: this.node.id, connection: this.connection, because })
    this.parts.onClosed(this)
  }

  /** The one place where a mistake of ours stops: it costs this connection, and is found. */
  private guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.isPumping = false
      const message = describeError(error)
      this.parts.cluster.find({ kind: 'internal', broker: this.node.id, connection: this.connection, message })
      this.close('reset', 'a mistake of the cluster')
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The same delivery over a thin line: in small slices, each when there is room for it. */
function atRate(plan: Delivery, bytesPerSecond: number): Delivery {
  // Fifty slices a second look like a steady flow.
  const sliceBytes = Math.max(1, Math.floor(bytesPerSecond / 50))
  const pieces = plan.pieces.flatMap(({ bytes, afterMs }) => {
    const slices = []
    for (let from = 0; from < bytes.length; from += sliceBytes) {
      const slice = bytes.subarray(from, from + sliceBytes)
      slices.push({ bytes: slice, afterMs: (from === 0 ? afterMs : 0) + (slice.length * 1000) / bytesPerSecond })
    }
    return slices
  })
  return { ...plan, pieces }
}
