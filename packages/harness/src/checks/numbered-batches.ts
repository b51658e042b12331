import type { TraceEvent } from '../history.ts'
import { SplitParts } from './split-parts.ts'
import { whereOf } from './trace-index.ts'

/** A batch that was sent under a sequence number. */
export interface NumberedBatch {
  readonly sequence: number
  readonly epoch: number
  /** Undefined: it is to be sent again, or its answer is to come. */
  end?: 'completed' | 'split' | 'definite' | 'maybe'
  /** Requests that hold it and are unanswered. */
  onTheWire: number
  /** It had its end when a request that held it was answered. */
  isAnsweredLate: boolean
}

/** The events that it has to be told. */
export const numberedKinds = [
  'batch-created',
  'batch-drained',
  'batch-completed',
  'batch-failed',
  'batch-expired',
  'batch-split',
  'batch-appended',
  'request-sent',
  'response-received',
  'connection-lost',
  'producer-id',
  'sequences-reset',
]

/** What a producer has numbered, partition by partition, under the epoch in which it last sent there: for laws about sequences. */
export class NumberedBatches {
  private readonly partitions = new Map<string, Map<unknown, NumberedBatch>>()
  private readonly byId = new Map<unknown, NumberedBatch>()
  private readonly splitParts = new SplitParts()
  private readonly parts = new Set<unknown>()
  /** Taken from their queues, and in no request yet. */
  private readonly boarded = new Map<unknown, NumberedBatch[]>()
  /** By node and correlation id. */
  private readonly requests = new Map<unknown, Map<unknown, readonly NumberedBatch[]>>()
  private readonly appended = new Set<string>()

  /** Of one partition, in the order in which they were first sent. Tell it of an event after having looked. */
  at(where: string): readonly NumberedBatch[] {
    return [...(this.partitions.get(where)?.values() ?? [])]
  }

  /** Whether it is sent for the first time, and its number is new too: that of a part was the whole's. */
  isNew({ details }: TraceEvent): boolean {
    return details['attempt'] === 0 && !this.parts.has(details['batch'])
  }

  /** Whether a leader has ever appended it under this number. */
  isAppended(where: string, { epoch, sequence }: NumberedBatch): boolean {
    return this.appended.has(`${where} ${epoch} ${sequence}`)
  }

  tell(event: TraceEvent): void {
    const { details } = event
    const { batch, node } = details
    const where = whereOf(event)
    switch (event.event) {
      case 'batch-created':
        this.splitParts.tell(event)
        return
      case 'batch-drained':
        this.drained(event)
        return
      case 'batch-appended':
        this.appended.add(`${where} ${details['producerEpoch']} ${details['baseSequence']}`)
        return
      case 'request-sent':
        if (details['api'] !== 'Produce') return
        this.requestsOf(node).set(details['correlationId'], this.boarded.get(node) ?? [])
        this.boarded.delete(node)
        return
      case 'response-received':
        this.land(this.requestsOf(node).get(details['correlationId']) ?? [], true)
        this.requestsOf(node).delete(details['correlationId'])
        return
      case 'connection-lost':
        for (const batches of this.requestsOf(node).values()) this.land(batches, false)
        this.requests.delete(node)
        return
      case 'producer-id':
        this.partitions.clear()
        return
      case 'sequences-reset':
        this.partitions.delete(where)
        return
    }
    const one = this.byId.get(batch)
    if (one !== undefined) one.end ??= endOf(event)
    if (event.event === 'batch-split') for (const part of this.splitParts.of(event)) this.parts.add(part)
  }

  private drained(event: TraceEvent): void {
    const { batch, node, sequence, epoch } = event.details as Record<'sequence' | 'epoch', number> &
      TraceEvent['details']
    const where = whereOf(event)
    let numbered = this.partitions.get(where)
    const [any] = numbered?.values() ?? []
    if (numbered === undefined || any?.epoch !== epoch) {
      numbered = new Map()
      this.partitions.set(where, numbered)
    }
    const one = numbered.get(batch) ?? { sequence, epoch, onTheWire: 0, isAnsweredLate: false }
    one.onTheWire++
    numbered.set(batch, one)
    this.byId.set(batch, one)
    this.boarded.set(node, [...(this.boarded.get(node) ?? []), one])
  }

  private land(batches: readonly NumberedBatch[], isAnswered: boolean): void {
    for (const one of batches) {
      one.onTheWire--
      if (isAnswered && one.end !== undefined) one.isAnsweredLate = true
    }
  }

  private requestsOf(node: unknown): Map<unknown, readonly NumberedBatch[]> {
    const known = this.requests.get(node) ?? new Map()
    this.requests.set(node, known)
    return known
  }
}

function endOf({ event, details }: TraceEvent): NonNullable<NumberedBatch['end']> {
  if (event === 'batch-completed') return 'completed'
  return event === 'batch-split' ? 'split' : (details['certainty'] as 'definite' | 'maybe')
}

/** Nothing more will be heard of it. */
export function isOver({ end, onTheWire }: NumberedBatch): boolean {
  return end !== undefined && onTheWire === 0
}

/** Modulo 2^31. Not the producer's own: a judge that shares its arithmetic shares its mistakes. */
export function isBefore(a: number, b: number): boolean {
  return a !== b && (b - a + 2 ** 31) % 2 ** 31 < 2 ** 30
}
