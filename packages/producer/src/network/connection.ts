import {
  type Api,
  apiVersions,
  decodeResponse,
  encodeRequestParts,
  invariant,
  negotiate,
  type RequestInput,
  throttlesAfterAnswering,
} from '@harrow/protocol'
import type { Address, Transport } from '@harrow/runtime'
import type { Trace } from '../trace.ts'
import { BrokerLink, type BrokerLinkOptions } from './broker-link.ts'
import { type ConnectionState, isAllowed } from './connection-states.ts'
import type { CorrelationIds } from './correlation-ids.ts'
import { type InFlightRequest, InFlightRequests } from './in-flight-requests.ts'
import type { Reconnect } from './reconnect.ts'
import { type OfferedVersions, takeVersionsAnswer, versionsQuestion } from './version-negotiation.ts'

export interface ConnectionOptions extends BrokerLinkOptions {
  readonly clientId: string
  readonly requestTimeoutMs: number
  readonly maxInFlightRequestsPerConnection: number
  readonly connectionsMaxIdleMs: number
  readonly trace: Trace | undefined
  readonly correlationIds: CorrelationIds
}

/** Copying less than this costs less than one more part of a write. */
const batchBytesShared = 4_096

/** How a request ended. */
export type Answer<C> =
  | { readonly kind: 'response'; readonly request: InFlightRequest<C>; readonly node: number; readonly body: unknown }
  /** Acks 0: the bytes are on their way, and nothing more will ever be known. */
  | { readonly kind: 'written'; readonly request: InFlightRequest<C>; readonly node: number }
  | {
      readonly kind: 'disconnected'
      readonly request: InFlightRequest<C>
      readonly node: number
      readonly timedOut: boolean
      readonly because: string
    }

interface LoseOptions<C> {
  readonly answers: Answer<C>[]
  readonly timedOut?: boolean
  readonly how?: 'fin' | 'reset'
}

/** One broker: its connection, or the wait for the next one. Everything happens in `poll`. */
export class Connection<C> {
  readonly node: number
  private address: Address
  private readonly transport: Transport
  private readonly reconnect: Reconnect
  private readonly options: ConnectionOptions
  private currentState: ConnectionState = 'disconnected'
  private link: BrokerLink | undefined
  private readonly inFlight = new InFlightRequests<C | undefined>()
  private versions: OfferedVersions = new Map()
  private setupDeadlineMs = Number.POSITIVE_INFINITY
  private retryAtMs = Number.NEGATIVE_INFINITY
  private throttledUntilMs = Number.NEGATIVE_INFINITY
  private lastUsedMs = 0
  private lastAttempt = Number.NEGATIVE_INFINITY

  constructor(
    at: { readonly node: number; readonly address: Address },
    parts: { readonly transport: Transport; readonly reconnect: Reconnect },
    options: ConnectionOptions,
  ) {
    this.node = at.node
    this.address = at.address
    this.transport = parts.transport
    this.reconnect = parts.reconnect
    this.options = options
  }

  get state(): ConnectionState {
    return this.currentState
  }

  get inFlightCount(): number {
    return this.inFlight.count
  }

  get lastAttemptMs(): number {
    return this.lastAttempt
  }

  /** Highest version that both sides speak; undefined if there is none, or before the broker said. */
  versionOf(api: Api): number | undefined {
    return negotiate(api, this.versions.get(api.key))
  }

  /** Whether a request may be sent now. */
  isReady(nowMs: number): boolean {
    return (
      this.currentState === 'ready' &&
      nowMs >= this.throttledUntilMs &&
      this.link?.isWriteBlocked === false &&
      this.link.closedBecause === undefined &&
      this.inFlight.count < this.options.maxInFlightRequestsPerConnection
    )
  }

  mayConnect(nowMs: number): boolean {
    return this.currentState === 'disconnected' && nowMs >= this.retryAtMs
  }

  /** When it is worth asking `isReady` again without an event; Infinity when only an event can change it. */
  readyAgainMs(nowMs: number): number {
    if (this.currentState === 'disconnected') return Math.max(this.retryAtMs, nowMs)
    return this.throttledUntilMs > nowMs ? this.throttledUntilMs : Number.POSITIVE_INFINITY
  }

  /** A broker may come back elsewhere under the same id; the next attempt goes there, without the old address's backoff. */
  moveTo(address: Address): void {
    if (address.host === this.address.host && address.port === this.address.port) return
    this.address = address
    if (this.currentState === 'disconnected') this.retryAtMs = Number.NEGATIVE_INFINITY
  }

  connect(nowMs: number): void {
    this.enter('connecting')
    this.lastAttempt = nowMs
    this.lastUsedMs = nowMs
    this.setupDeadlineMs = nowMs + this.reconnect.setupTimeoutMs()
    this.link = new BrokerLink(this.transport, this.address, this.options)
  }

  /** Sends one request, whose version the caller chose from `versionOf`. */
  send<A extends Api>(
    api: A,
    options: {
      readonly version: number
      readonly body: RequestInput<A>
      readonly context: C
      readonly expectsResponse: boolean
    },
    nowMs: number,
  ): void {
    if (!this.isReady(nowMs)) invariant(false, `node ${this.node} is not ready to take a request`)
    this.write(api, options, nowMs)
  }

  /** Takes in what happened, gives up what is overdue, and appends how requests ended. */
  poll(nowMs: number, answers: Answer<C>[]): 'lost' | 'kept' {
    const { link } = this
    if (link === undefined) return 'kept'
    if (link.takeOpened()) this.opened(nowMs)
    if (!link.isWriteBlocked) this.takeWritten(answers)
    const failure = this.readAnswers(link, nowMs, answers) ?? link.closedBecause
    if (failure !== undefined) return this.lose(failure, nowMs, { answers })
    if (this.currentState === 'connecting' && nowMs >= this.setupDeadlineMs) {
      return this.lose('connection setup timed out', nowMs, { answers })
    }
    const overdue = this.inFlight.overdueAt(nowMs)
    if (overdue !== undefined) {
      const { api, correlationId } = overdue
      this.options.trace?.({ event: 'request-timed-out', node: this.node, api: api.name, correlationId })
      const because = `no answer to ${api.name} within ${this.options.requestTimeoutMs} ms`
      return this.lose(because, nowMs, { answers, timedOut: true })
    }
    if (nowMs < this.idleMs) return 'kept'
    // Differs from Java, which asks for metadata whenever a connection ends, even this way, and so never stays idle.
    this.lose('idle', nowMs, { answers, how: 'fin' })
    return 'kept'
  }

  nextDeadlineMs(): number {
    if (this.currentState === 'disconnected') return Number.POSITIVE_INFINITY
    const setupMs = this.currentState === 'connecting' ? this.setupDeadlineMs : Number.POSITIVE_INFINITY
    return Math.min(setupMs, this.inFlight.deadlineMs, this.idleMs)
  }

  /** Ends the connection for good, without answers. */
  close(): void {
    this.link?.close('fin')
    this.link = undefined
    this.inFlight.takeAll()
    if (this.currentState !== 'disconnected') this.enter('disconnected')
  }

  private get idleMs(): number {
    const { connectionsMaxIdleMs } = this.options
    const mayClose = this.currentState === 'ready' && connectionsMaxIdleMs >= 0 && this.inFlight.count === 0
    return mayClose ? this.lastUsedMs + connectionsMaxIdleMs : Number.POSITIVE_INFINITY
  }

  private opened(nowMs: number): void {
    this.setupDeadlineMs = Number.POSITIVE_INFINITY
    this.reconnect.connected()
    this.enter('negotiating')
    this.askVersions(apiVersions.versions.max, nowMs)
  }

  private askVersions(version: number, nowMs: number): void {
    const body = versionsQuestion(version)
    this.write(apiVersions, { version, body, context: undefined, expectsResponse: true }, nowMs)
  }

  private write<A extends Api>(
    api: A,
    options: {
      readonly version: number
      readonly body: RequestInput<A>
      readonly context: C | undefined
      readonly expectsResponse: boolean
    },
    nowMs: number,
  ): void {
    const { link, node } = this
    if (link === undefined) invariant(false, `node ${node} has a link`)
    const { version, body, context, expectsResponse } = options
    const correlationId = this.options.correlationIds.take()
    // A batch leaves from where it is: it is neither changed nor freed before the answer, or the end of the link (K1). Without
    // an answer nobody knows when it has left, so then it is copied.
    const sharedBytesMin = expectsResponse ? batchBytesShared : Number.POSITIVE_INFINITY
    const header = { correlationId, clientId: this.options.clientId }
    const parts = encodeRequestParts(api, version, header, body, { sharedBytesMin })
    let bytes = 0
    for (const part of parts) bytes += part.length
    const deadlineMs = nowMs + this.options.requestTimeoutMs
    this.inFlight.add({ api, version, correlationId, context, sentMs: nowMs, deadlineMs, expectsResponse })
    this.lastUsedMs = nowMs
    this.options.trace?.({ event: 'request-sent', node, api: api.name, version, correlationId, bytes })
    // An answer-less request is over as soon as it is written, which the next turn finds out.
    if (link.write(parts) && !expectsResponse) this.options.wake()
  }

  private takeWritten(answers: Answer<C>[]): void {
    for (const request of this.inFlight.takeWritten()) {
      answers.push({ kind: 'written', request: request as InFlightRequest<C>, node: this.node })
    }
  }

  /** Returns why the connection must end, if it must. */
  private readAnswers(link: BrokerLink, nowMs: number, answers: Answer<C>[]): string | undefined {
    try {
      for (const frame of link.takeFrames()) {
        const failure = this.readAnswer(frame, nowMs, answers)
        if (failure !== undefined) return failure
      }
    } catch (error) {
      // DecodeError, FrameError: the stream is out of step and nothing after this can be trusted.
      if (!(error instanceof Error) || error.name === 'InvariantError') throw error
      return `unreadable answer: ${error.message}`
    }
    return undefined
  }

  private readAnswer(frame: Uint8Array, nowMs: number, answers: Answer<C>[]): string | undefined {
    const request = this.inFlight.first
    if (request === undefined) return 'an answer that nobody asked for'
    const correlationId = new DataView(frame.buffer, frame.byteOffset).getInt32(0)
    if (correlationId !== request.correlationId) {
      return `answer to ${correlationId}, expected ${request.correlationId} (${request.api.name})`
    }
    if (this.currentState === 'negotiating') {
      return this.negotiated(request, frame, nowMs)
    }
    const body: unknown = decodeResponse(request.api, request.version, frame).body
    this.inFlight.takeFirst()
    this.lastUsedMs = nowMs
    const throttleTimeMs = this.throttle(request, body, nowMs)
    this.traceResponse(request, { bytes: frame.length, throttleTimeMs }, nowMs)
    answers.push({ kind: 'response', request: request as InFlightRequest<C>, node: this.node, body })
    return undefined
  }

  /** Returns why the connection must end, if it must. */
  private negotiated(request: InFlightRequest<C | undefined>, frame: Uint8Array, nowMs: number): string | undefined {
    const { body, outcome } = takeVersionsAnswer(request.version, frame)
    this.inFlight.takeFirst()
    this.traceResponse(request, { bytes: frame.length, throttleTimeMs: this.throttle(request, body, nowMs) }, nowMs)
    switch (outcome.kind) {
      case 'refused':
        return outcome.because
      case 'ask-again':
        this.askVersions(outcome.version, nowMs)
        return undefined
      case 'agreed':
        this.versions = outcome.versions
        this.reconnect.ready()
        this.enter('ready')
        this.lastUsedMs = nowMs
        return undefined
    }
  }

  /** KIP-219: the broker has answered, and wants to be left alone for a while. Never ends earlier than said before. */
  private throttle(request: InFlightRequest<C | undefined>, body: unknown, nowMs: number): number {
    const { throttleTimeMs = 0 } = body as { readonly throttleTimeMs?: number }
    if (throttleTimeMs > 0 && throttlesAfterAnswering(request.api, request.version)) {
      this.throttledUntilMs = Math.max(this.throttledUntilMs, nowMs + throttleTimeMs)
      this.inFlight.extend(throttleTimeMs)
    }
    return throttleTimeMs
  }

  private traceResponse(
    request: InFlightRequest<C | undefined>,
    { bytes, throttleTimeMs }: { readonly bytes: number; readonly throttleTimeMs: number },
    nowMs: number,
  ): void {
    this.options.trace?.({
      event: 'response-received',
      node: this.node,
      api: request.api.name,
      correlationId: request.correlationId,
      // With the length prefix, as requests are counted.
      bytes: bytes + 4,
      latencyMs: nowMs - request.sentMs,
      throttleTimeMs,
    })
  }

  private lose(because: string, nowMs: number, options: LoseOptions<C>): 'lost' {
    const { node } = this
    const wasConnecting = this.currentState === 'connecting'
    this.link?.close(options.how ?? 'reset')
    this.link = undefined
    this.versions = new Map()
    this.throttledUntilMs = Number.NEGATIVE_INFINITY
    this.retryAtMs = nowMs + this.reconnect.lost({ wasConnecting })
    this.enter('disconnected')
    this.options.trace?.({ event: 'connection-lost', node, because })
    // In the order sent, so that retries are queued in that order too.
    for (const request of this.inFlight.takeAll()) {
      if (request.context === undefined) continue
      const timedOut = options.timedOut ?? false
      options.answers.push({ kind: 'disconnected', request: request as InFlightRequest<C>, node, timedOut, because })
    }
    return 'lost'
  }

  private enter(to: ConnectionState): void {
    const from = this.currentState
    invariant(isAllowed(from, to), `connection to node ${this.node}: ${from} -> ${to}`)
    this.currentState = to
    this.options.trace?.({ event: 'connection-state', node: this.node, from, to })
  }
}
