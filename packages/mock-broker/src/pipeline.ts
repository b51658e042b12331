import {
  type Api,
  apiByKey,
  apiVersions,
  type CompressionCodecs,
  DecodeError,
  decodeRequestBody,
  decodeRequestHeader,
  decodeResponse,
  EncodeError,
  encodeResponse,
  fetch,
  type RequestHeader,
  type ResponseInput,
} from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import type { Cluster, ClusterNode } from './cluster.ts'
import type { ActingRule, FaultChain } from './faults/chain.ts'
import type { Answer, ClusterControl, ConnectionControl, Delivery } from './faults/fault-kind.ts'
import { pickTarget, type RequestFacts } from './faults/match.ts'
import { faultStep } from './faults/step.ts'
import { type Finding, unhandledKinds } from './findings.ts'
import { unknownVersionAnswer } from './handlers/api-versions.ts'
import type { Call, Handler, InjectedError, Outcome, Target } from './handlers/handler.ts'
import { OpenEntry, type RequestJournal } from './journal.ts'
import type { Timers } from './timers.ts'
import type { ServedVersions } from './versions.ts'

/** Where a request came from. */
export interface Source extends ConnectionControl {
  /** Ordinal within the cluster. */
  readonly connection: number
  readonly node: ClusterNode
  readonly random: Random
  softwareName: string | undefined
  softwareVersion: string | undefined
  /** Whether an answer would still go out. */
  readonly isOpen: boolean
  /** Whether the broker that took the request is still up, and was not restarted since. */
  isBrokerUp(): boolean
}

/** What becomes of a request: exactly one of these is called, once. */
export interface Sink {
  /** Writes the answer, at once or as `delivery` says. */
  answer(bytes: Uint8Array, delivery?: Delivery): void
  /** Done, and nothing goes back. */
  noAnswer(): void
  hang(): void
  close(how: 'fin' | 'reset', because: string): void
}

export interface PipelineParts {
  readonly cluster: Cluster
  readonly handlers: readonly Handler[]
  /** What the release of a broker serves. */
  servedBy(node: ClusterNode): ServedVersions
  readonly codecs: CompressionCodecs
  readonly faults: FaultChain
  readonly journal: RequestJournal
  readonly timers: Timers
  readonly control: ClusterControl
}

/**
 * The life of a request: header, body, [faults before], handler, [faults after], encode, write. The body is decoded
 * before the faults, because rules look into it; so a malformed request never meets a fault.
 */
export class Pipeline {
  private readonly parts: PipelineParts
  private readonly handlersByKey: ReadonlyMap<number, Handler>
  private readonly targetsByKey: ReadonlyMap<number, TargetsOf>

  constructor(parts: PipelineParts) {
    this.parts = parts
    this.handlersByKey = new Map(parts.handlers.map((handler) => [handler.api.key, handler]))
    this.targetsByKey = new Map(
      parts.handlers.map((handler) => [
        handler.api.key,
        (body: unknown) => handler.targets?.(body as Received['body'], parts.cluster) ?? [],
      ]),
    )
  }

  /** Starts on a request frame; `sink` hears the end, perhaps within this call. Returns what to do if the client goes. */
  take(frame: Uint8Array, source: Source, sink: Sink): () => void {
    const request = this.read(frame, source)
    if ('problem' in request) {
      this.unhandled(request.kind, request.problem, source)
      sink.close('fin', request.problem)
      return () => {}
    }
    const targets = this.targetsByKey.get(request.handler.api.key) ?? (() => [])
    const exchange = new Exchange(this.parts, request, source, sink, { bytes: frame.length, targets })
    exchange.start()
    return () => exchange.clientGone()
  }

  /** A connection was accepted: what faults do to connections happens here. */
  accepted(source: Source): void {
    const { cluster, faults } = this.parts
    const { connection, node } = source
    const rule = faults.chooseForConnection({ is: 'connection', broker: node.id, connection })
    if (rule === undefined) return
    const { name: fault, kind } = rule
    const none = { request: 0, correlationId: 0 }
    cluster.tell({ event: 'fault-hit', fault, action: kind.key, broker: node.id, connection, ...none })
    cluster.capture.note(connection, `fault "${fault}": ${kind.key}`)
    const step = faultStep(rule, this.parts, {
      broker: node.id,
      connectionId: connection,
      connection: source,
      guarded: (act) => act(),
      hang: () => source.forgetAll(),
      disconnect: (how) => source.disconnect(how, `fault "${fault}"`),
    })
    kind.run(rule.action as never, step)
  }

  private read(frame: Uint8Array, source: Source): Received | Unreadable {
    let header: RequestHeader
    try {
      header = decodeRequestHeader(frame)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return { kind: 'malformed-frame', problem: `request header: ${error.message}` }
    }
    const { apiKey, apiVersion: version, correlationId, clientId, bodyOffset } = header
    const handler = this.handlersByKey.get(apiKey)
    const versions = this.parts.servedBy(source.node)
    const served = versions.of(apiKey)
    if (handler === undefined || served === undefined) {
      const name = apiByKey(apiKey)?.name ?? `API key ${apiKey}`
      return { kind: 'unknown-api', problem: `${name} v${version} is not answered by this cluster` }
    }
    const { api } = handler
    if (version < served.min || version > served.max) {
      // The one API that may be asked in any version, since it is how a client finds out (A1).
      if (api.key === apiVersions.key) {
        const body = unknownVersionAnswer(versions)
        const ready = { do: 'answer', body, applied: false } as const
        return { handler, correlationId, clientId, version, body: {}, answerVersion: 0, ready }
      }
      const problem = `${api.name} v${version} of "${clientId ?? ''}" is not among v${served.min} to v${served.max}`
      return { kind: 'unsupported-version', problem }
    }
    try {
      const body = decodeRequestBody(api, version, frame, bodyOffset)
      return { handler, correlationId, clientId, version, body, answerVersion: version, ready: undefined }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return { kind: 'malformed-body', problem: `${api.name} v${version} of ${source.connection}: ${error.message}` }
    }
  }

  private unhandled(kind: Finding['kind'], message: string, { node, connection }: Source): void {
    const { cluster } = this.parts
    const { onUnhandledRequest } = cluster.config
    const isQuiet = onUnhandledRequest === 'close' && unhandledKinds.has(kind)
    if (isQuiet) return
    const finding = cluster.find({ kind, broker: node.id, connection, message })
    if (typeof onUnhandledRequest === 'function') onUnhandledRequest(finding)
  }
}

/** What a request names, by its body. One for each API, because journal entries keep it. */
type TargetsOf = (body: unknown) => readonly Target[]

/** A request that can be handled. */
interface Received {
  readonly handler: Handler
  readonly correlationId: number
  readonly clientId: string | null
  readonly version: number
  readonly body: Parameters<Handler['handle']>[0]
  /** The version to answer in: not always the one asked in (A1). */
  readonly answerVersion: number
  /** The answer, where no handler is needed. */
  readonly ready: Outcome | undefined
}

interface Unreadable {
  readonly kind: Finding['kind']
  readonly problem: string
}

/** One request on its way. */
class Exchange {
  private readonly parts: PipelineParts
  private readonly received: Received
  private readonly source: Source
  private readonly sink: Sink
  private readonly entry: OpenEntry
  private readonly facts: RequestFacts
  private fault: ActingRule | undefined
  private injected: InjectedError | undefined
  private editing: ((answer: Answer) => Readonly<Record<string, unknown>>) | undefined
  private delivery: ((frame: Uint8Array) => Delivery) | undefined
  private giveUpWaiting: (() => void) | undefined
  private isOver = false

  constructor(
    parts: PipelineParts,
    received: Received,
    source: Source,
    sink: Sink,
    { bytes, targets }: { readonly bytes: number; readonly targets: TargetsOf },
  ) {
    this.parts = parts
    this.received = received
    this.source = source
    this.sink = sink
    const { handler, version, clientId, correlationId, body } = received
    const { api } = handler
    const { node, connection } = source
    this.facts = {
      is: 'request',
      api: api.name,
      broker: node.id,
      clientId,
      version,
      correlationId,
      connection,
      targets: () => targets(body),
    }
    this.entry = new OpenEntry({
      broker: node.id,
      connection,
      clientId,
      softwareName: source.softwareName,
      softwareVersion: source.softwareVersion,
      api: api.name,
      version,
      correlationId,
      receivedAtMs: parts.cluster.clock.nowMs(),
      body,
      bytes,
      targets,
    })
  }

  start(): void {
    const { cluster, journal, faults } = this.parts
    const { broker, connection, api, version, correlationId, clientId, bytes } = this.entry
    journal.add(this.entry)
    const { id: request } = this.entry
    cluster.tell({
      event: 'request-received',
      request,
      broker,
      connection,
      api,
      version,
      correlationId,
      clientId,
      bytes,
    })
    this.fault = faults.chooseForRequest(this.facts)
    this.entry.fault = this.fault?.name
    this.guarded(() => this.faultsAt('before', () => this.handle()))
  }

  /** A broker does not notice that a client is gone while it works; only what merely waits is given up. */
  clientGone(): void {
    this.giveUpWaiting?.()
  }

  private handle(): void {
    // A request that a fault delayed until its broker was stopped was never applied.
    if (!this.source.isBrokerUp()) {
      this.isOver = true
      return
    }
    const { handler, body, ready } = this.received
    this.settle(ready ?? handler.handle(body, this.call()))
  }

  private settle(outcome: Outcome): void {
    if (outcome.do === 'wait') {
      this.entry.applied = outcome.applied
      const giveUp = outcome.start((later) => {
        this.giveUpWaiting = undefined
        this.guarded(() => this.settle(later))
      })
      const giveUpWaiting = (): void => {
        this.giveUpWaiting = undefined
        giveUp()
      }
      this.giveUpWaiting = giveUpWaiting
      return
    }
    this.entry.applied = outcome.applied
    this.faultsAt('after', () => this.finish(outcome))
  }

  private finish(outcome: Exclude<Outcome, { do: 'wait' }>): void {
    if (!this.end()) return
    const { cluster, journal } = this.parts
    const { id: request, broker, connection, api, correlationId } = this.entry
    if (outcome.do === 'close') {
      this.sink.close('fin', outcome.because)
      return
    }
    const { api: described } = this.received.handler
    const answer = outcome.do === 'answer' ? this.answerFrame(described, outcome.body) : undefined
    if (answer !== undefined && !this.source.isOpen) return
    if (answer !== undefined) {
      this.entry.answeredAtMs = cluster.clock.nowMs()
      if (described.key !== fetch.key) journal.answered(this.entry, described, this.received.answerVersion, answer)
    }
    const bytes = answer?.length ?? 0
    cluster.tell({ event: 'request-answered', request, broker, connection, api, correlationId, bytes })
    if (answer === undefined) this.sink.noAnswer()
    else this.sink.answer(answer, this.delivery?.(answer))
  }

  private answerFrame(api: Api, body: ResponseInput<Api>): Uint8Array {
    const frame = this.encode(api, body)
    if (this.editing === undefined) return frame
    // Decoded again, so that every field is there, with its default if nobody set it.
    const version = this.received.answerVersion
    const whole = decodeResponse(api, version, frame.subarray(4)).body
    try {
      return this.encode(api, this.editing({ api, version, body: whole }) as ResponseInput<Api>)
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      const { broker, connection } = this.entry
      const message = `fault "${this.fault?.name}" could not act: ${api.name} v${version}: ${error.message}`
      this.parts.cluster.find({ kind: 'unsupported', broker, connection, message })
      return frame
    }
  }

  private encode(api: Api, body: ResponseInput<Api>): Uint8Array {
    return encodeResponse(api, this.received.answerVersion, this.received.correlationId, body)
  }

  private faultsAt(stage: 'before' | 'after', next: () => void): void {
    const { fault } = this
    if (fault === undefined || fault.kind.stage(fault.action as never) !== stage) {
      next()
      return
    }
    const { id: request, broker, connection, correlationId } = this.entry
    const { cluster } = this.parts
    cluster.tell({
      event: 'fault-hit',
      fault: fault.name,
      action: fault.kind.key,
      request,
      broker,
      connection,
      correlationId,
    })
    cluster.capture.note(connection, `fault "${fault.name}": ${fault.kind.key}`)
    const { topic, partition } = fault.on
    const step = faultStep(fault, this.parts, {
      broker,
      connectionId: connection,
      connection: this.source,
      target: pickTarget(fault.on, this.facts),
      answers: { api: this.received.handler.api, version: this.received.answerVersion },
      guarded: (act) => this.guarded(act),
      next,
      inject: (error, { afterAppend }) => {
        this.injected = { error, afterAppend, topic, partition }
      },
      hang: () => {
        if (this.end()) this.sink.hang()
      },
      disconnect: (how) => {
        if (this.end()) this.sink.close(how, `fault "${fault.name}"`)
      },
      edit: (change) => {
        this.editing = change
      },
      deliver: (plan) => {
        this.delivery = plan
      },
    })
    fault.kind.run(fault.action as never, step)
  }

  /** False if the request is over already: its connection ended, or its broker went down. */
  private end(): boolean {
    const wasOver = this.isOver
    this.isOver = true
    return !wasOver
  }

  private call(): Call {
    const { parts, source, received } = this
    return {
      cluster: parts.cluster,
      view: parts.cluster.viewOf(source.node.id),
      node: source.node,
      connection: source.connection,
      random: source.random,
      clientId: received.clientId,
      version: received.version,
      served: parts.servedBy(source.node),
      codecs: parts.codecs,
      later: (ms, wake) => parts.timers.after(ms, () => this.guarded(wake)),
      injected: this.injected,
      wrote: (batch) => this.entry.wrote(batch),
      setSoftware: (name, version) => {
        source.softwareName = name
        source.softwareVersion = version
        this.entry.softwareName = name
        this.entry.softwareVersion = version
      },
    }
  }

  /** Whatever goes wrong inside belongs to this connection alone. */
  private guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      const { node, connection } = this.source
      const message = `${this.entry.api} v${this.entry.version}: ${describeError(error)}`
      this.parts.cluster.find({ kind: 'internal', broker: node.id, connection, message })
      this.isOver = true
      this.sink.close('reset', 'a mistake of the cluster')
    }
  }
}

/** With the stack: a finding of kind `internal` is a bug report. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
