import type { History, TraceEvent } from '../history.ts'

/** One request from the moment it was sent to its end, joined from what both sides said. */
export interface RequestSpan {
  /** Whose it is, of several producers. */
  readonly producer: string | undefined
  readonly api: string
  readonly correlationId: number
  /** Undefined while it is only known by the address it was sent to. */
  broker: number | undefined
  /** As the producer numbers it; undefined for a client that is seen from outside. */
  readonly node: number | undefined
  readonly bytes: number
  /** When the producer sent it; from outside, when it arrived. */
  readonly fromMs: number
  receivedMs: number | undefined
  answeredMs: number | undefined
  toMs: number
  end: RequestEnd
  /** What ended it, when that was not an answer. */
  because: string | undefined
  /** Names of the fault rules that acted on it. */
  readonly faults: string[]
  /** `orders-1`: 3 records. */
  readonly batches: string[]
}

export type RequestEnd = 'answered' | 'no-answer-wanted' | 'timed-out' | 'connection-lost' | 'open'

/** Of several producers: the names by client.id, which is what brokers know of them. */
export type ProducerNames = ReadonlyMap<unknown, string>

export function producerNames({ producers = [] }: History): ProducerNames {
  return new Map(producers.flatMap(({ name, clientId }) => (clientId === undefined ? [] : [[clientId, name] as const])))
}

/** All requests of a trace, in the order they were sent. Those still open in the end last until `endMs`. */
export function requestSpans(
  trace: readonly TraceEvent[],
  endMs: number,
  names: ProducerNames = new Map(),
): RequestSpan[] {
  const isInside = trace.some(({ source, event }) => source === 'producer' && event === 'request-sent')
  const reading = new Reading(isInside, names)
  for (const event of trace) reading.read(event)
  for (const span of reading.spans) if (span.end === 'open') span.toMs = Math.max(span.fromMs, endMs)
  return reading.spans
}

class Reading {
  readonly spans: RequestSpan[] = []
  /** Whether the producer tells what it sends; else requests begin where they arrive. */
  private readonly isInside: boolean
  private readonly names: ProducerNames
  private readonly sent = new Map<string, RequestSpan>()
  private readonly byRequest = new Map<number, RequestSpan>()
  private readonly connectionOf = new Map<RequestSpan, unknown>()
  private readonly open = new Set<RequestSpan>()
  /** Drained, and about to leave with the next Produce request to that node. */
  private readonly drained = new Map<string, string[]>()

  constructor(isInside: boolean, names: ProducerNames) {
    this.isInside = isInside
    this.names = names
  }

  read(told: TraceEvent): void {
    if (told.source === 'producer') this.fromProducer(told)
    else if (told.source === 'broker') this.fromBroker(told)
  }

  private fromProducer({ atMs, event, details, producer }: TraceEvent): void {
    const node = details['node'] as number
    // Every producer counts its requests, and has connections of its own.
    const toNode = numbered(producer, node)
    const request = numbered(producer, details['correlationId'])
    switch (event) {
      case 'batch-drained': {
        const batches = this.drained.get(toNode) ?? []
        batches.push(`${details['topic']}-${details['partition']}: ${details['records']} records`)
        this.drained.set(toNode, batches)
        return
      }
      case 'request-sent': {
        const api = details['api'] as string
        const batches = api === 'Produce' ? (this.drained.get(toNode) ?? []) : []
        if (api === 'Produce') this.drained.delete(toNode)
        const correlationId = details['correlationId'] as number
        const span = this.begin(atMs, {
          producer,
          api,
          correlationId,
          node,
          bytes: details['bytes'] as number,
          batches,
        })
        if (node >= 0) span.broker = node
        this.sent.set(request, span)
        return
      }
      case 'response-received':
        this.end(this.sent.get(request), atMs, 'answered')
        return
      case 'request-timed-out':
        this.end(this.sent.get(request), atMs, 'timed-out')
        return
      case 'connection-lost':
        for (const span of this.open) {
          if (span.node === node && span.producer === producer)
            this.end(span, atMs, 'connection-lost', String(details['because']))
        }
    }
  }

  private fromBroker({ atMs, event, details }: TraceEvent): void {
    const request = details['request'] as number
    switch (event) {
      case 'request-received': {
        const correlationId = details['correlationId'] as number
        const producer = this.names.get(details['clientId'])
        const known = this.isInside ? this.sent.get(numbered(producer, correlationId)) : undefined
        const span =
          known ??
          this.begin(atMs, {
            producer,
            api: details['api'] as string,
            correlationId,
            node: undefined,
            bytes: details['bytes'] as number,
            batches: [],
          })
        span.broker = details['broker'] as number
        span.receivedMs ??= atMs
        this.byRequest.set(request, span)
        this.connectionOf.set(span, details['connection'])
        return
      }
      case 'request-answered': {
        const span = this.byRequest.get(request)
        if (span === undefined) return
        span.answeredMs ??= atMs
        if (details['bytes'] === 0) this.end(span, atMs, 'no-answer-wanted')
        else if (span.node === undefined) this.end(span, atMs, 'answered')
        return
      }
      case 'fault-hit':
        this.byRequest.get(request)?.faults.push(String(details['fault']))
        return
      case 'connection-closed':
        for (const span of this.open) {
          if (span.node === undefined && this.connectionOf.get(span) === details['connection'])
            this.end(span, atMs, 'connection-lost', String(details['because']))
        }
    }
  }

  private begin(
    atMs: number,
    start: Pick<RequestSpan, 'producer' | 'api' | 'correlationId' | 'node' | 'bytes' | 'batches'>,
  ): RequestSpan {
    const span: RequestSpan = {
      ...start,
      broker: undefined,
      fromMs: atMs,
      receivedMs: undefined,
      answeredMs: undefined,
      toMs: atMs,
      end: 'open',
      because: undefined,
      faults: [],
    }
    this.spans.push(span)
    this.open.add(span)
    return span
  }

  private end(span: RequestSpan | undefined, atMs: number, end: RequestEnd, because?: string): void {
    if (span === undefined || span.end !== 'open') return
    this.open.delete(span)
    span.end = end
    span.toMs = atMs
    span.because = because
  }
}

function numbered(producer: string | undefined, number: unknown): string {
  return `${producer ?? ''}/${number}`
}
