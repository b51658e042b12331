import { historiesOf } from '../histories-of.ts'
import { type History, partitionName, shownMs, type TraceEvent } from '../history.ts'
import { type BatchSpan, batchSpans } from './batch-spans.ts'
import { packRows } from './pack-rows.ts'
import type { Bar, Lane, Mark, MarkKind } from './reported-run.ts'
import { type ProducerNames, producerNames, type RequestSpan, requestSpans } from './request-spans.ts'

/** Bars that may lie above each other in one lane. */
const rowsMax = 12
const partitionLanesMax = 16

export interface Timeline {
  /** When the last thing happened that is drawn. */
  readonly endMs: number
  readonly lanes: readonly Lane[]
  /** In order of time. */
  readonly bars: readonly Bar[]
  /** In order of time. */
  readonly marks: readonly Mark[]
  /** What is not drawn. */
  readonly cut: readonly string[]
}

/** A bar before it has a row. */
type Span = Omit<Bar, 'lane' | 'row'>

/** What happened, as bars and marks in one lane per place: the application, the producer, each broker, each partition. */
export function timelineOf(history: History): Timeline {
  const { trace } = history
  const names = producerNames(history)
  const endMs = endOf(history)
  const batches = batchSpans(trace, endMs)
  const { shown, cut } = partitionsShown(trace, batches)
  const lanes = new Lanes()
  lanes.add('application', 'application', [...stepSpans(trace, endMs), ...waitSpans(history)])
  if (trace.some(({ source }) => source === 'producer'))
    for (const one of historiesOf(history))
      lanes.add('producer', producerLane(one.of?.name), blockedSpans(one.trace, endMs))
  for (const partition of shown) {
    lanes.add('partition', partition, batches.filter((span) => span.partition === partition).map(batchBar))
  }
  const requests = requestSpans(trace, endMs, names)
  for (const broker of brokersOf(trace, requests)) {
    lanes.add('broker', brokerLane(broker), [
      ...downSpans(trace, broker, endMs),
      ...requests.filter((span) => span.broker === broker).map(requestBar),
    ])
  }
  const unheard = requests.filter(({ broker }) => broker === undefined)
  if (unheard.length > 0) lanes.add('broker', nowhere, unheard.map(requestBar))
  const marks = [
    ...sendMarks(history),
    ...batches.flatMap(batchMarks),
    ...trace.flatMap((event) => eventMarks(event, names)),
  ]
  return { endMs, lanes: lanes.lanes, bars: lanes.bars(), marks: lanes.place(marks), cut }
}

const nowhere = 'bootstrap address'

function producerLane(name: string | undefined): string {
  return name === undefined ? 'producer' : `producer ${name}`
}

/** ` of billing`, of one of several. */
function ofProducer(name: string | undefined): string {
  return name === undefined ? '' : ` of ${name}`
}

/** Words for the trace, and whose they are. */
function findOf(words: string, producer: string | undefined): string {
  return producer === undefined ? words : `${words} producer=${producer}`
}

function brokerLane(broker: unknown): string {
  return `broker ${broker}`
}

interface PlacedMark extends Omit<Mark, 'lane'> {
  /** Name of its lane; a mark whose lane is not drawn is not drawn either. */
  readonly place: string
}

/** Afterwards the world only waits whether anything else happens, and the cluster is stopped. */
function endOf({ trace, sent, waits }: History): number {
  const lastEvent = trace.findLast(({ event }) => !['broker-stopped', 'connection-closed'].includes(event))
  let endMs = Math.max(lastEvent?.atMs ?? 0, 1)
  for (const { settlements } of sent) for (const { atMs } of settlements) endMs = Math.max(endMs, atMs)
  for (const { returnedAtMs } of waits) endMs = Math.max(endMs, returnedAtMs)
  return endMs
}

class Lanes {
  readonly lanes: Lane[] = []
  private readonly drawn: Bar[] = []

  add(kind: Lane['kind'], name: string, spans: readonly Span[]): void {
    const sorted = spans.toSorted((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs)
    const { rowOf, rows } = packRows(sorted, rowsMax)
    for (const [at, span] of sorted.entries()) this.drawn.push({ lane: this.lanes.length, row: rowOf[at]!, ...span })
    this.lanes.push({ kind, name, rows })
  }

  bars(): Bar[] {
    return this.drawn.toSorted((a, b) => a.fromMs - b.fromMs)
  }

  place(marks: readonly PlacedMark[]): Mark[] {
    return marks
      .flatMap(({ place, ...mark }) => {
        const lane = this.lanes.findIndex(({ name }) => name === place)
        return lane < 0 ? [] : [{ lane, ...mark }]
      })
      .sort((a, b) => a.atMs - b.atMs)
  }
}

/** The partitions that most went wrong with, then the busiest, in the order of their names. */
function partitionsShown(
  trace: readonly TraceEvent[],
  batches: readonly BatchSpan[],
): { readonly shown: readonly string[]; readonly cut: readonly string[] } {
  const weights = new Map<string, number>()
  const weigh = (partition: string, weight: number): void =>
    void weights.set(partition, (weights.get(partition) ?? 0) + weight)
  for (const { kind, partition, end } of batches)
    weigh(partition, kind === 'backoff' || /fail|expire/.test(end) ? 1e6 : 1)
  for (const { source, event, details } of trace) {
    if (source === 'broker' && event.startsWith('batch-'))
      weigh(partitionName(details as { topic: string; partition: number }), event === 'batch-appended' ? 1 : 1e6)
  }
  const byWeight = [...weights].sort(([, a], [, b]) => b - a).map(([name]) => name)
  const shown = byWeight.slice(0, partitionLanesMax).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const more = byWeight.length - shown.length
  return {
    shown,
    cut:
      more > 0
        ? [
            `${more} of ${byWeight.length} partitions have no lane: those with the least trouble and the fewest batches.`,
          ]
        : [],
  }
}

function brokersOf(trace: readonly TraceEvent[], requests: readonly RequestSpan[]): number[] {
  const started = trace.flatMap(({ event, details }) =>
    event === 'broker-started' ? [details['broker'] as number] : [],
  )
  const asked = requests.flatMap(({ broker }) => (broker === undefined ? [] : [broker]))
  return [...new Set([...started, ...asked])].sort((a, b) => a - b)
}

/** What the workload does. A step inside another, of a parallel workload, begins and ends within it. */
function stepSpans(trace: readonly TraceEvent[], endMs: number): Span[] {
  const open: OpenStep[] = []
  const spans: Span[] = []
  const bar = ({ step, producer, fromMs }: OpenStep, toMs: number): void =>
    void spans.push({
      fromMs,
      toMs,
      kind: 'step',
      title: `${step}${ofProducer(producer)}`,
      details: [`step of the workload, ${lasted(fromMs, toMs)}`],
    })
  for (const { atMs, event, details, producer } of trace) {
    if (event === 'step-started')
      open.push({ step: details['step'], number: details['number'], producer, fromMs: atMs })
    if (event !== 'step-finished') continue
    const at = open.findLastIndex(
      (one) => one.step === details['step'] && one.number === details['number'] && one.producer === producer,
    )
    if (at < 0) continue
    const [one] = open.splice(at, 1) as [OpenStep]
    bar(one, atMs)
  }
  for (const one of open) bar(one, endMs)
  return spans
}

interface OpenStep {
  readonly step: unknown
  readonly number: unknown
  readonly producer: string | undefined
  readonly fromMs: number
}

/** Closing at the end is not a step of the workload. */
function waitSpans({ waits, trace }: History): Span[] {
  const steps = new Set(trace.flatMap(({ event, details }) => (event === 'step-started' ? [details['step']] : [])))
  return waits
    .filter(({ step }) => !steps.has(step))
    .map(({ step, producer, calledAtMs, returnedAtMs, unsettled }) => ({
      fromMs: calledAtMs,
      toMs: returnedAtMs,
      kind: 'step' as const,
      title: `${step}${ofProducer(producer)}`,
      details: [
        `${step} returned ${lasted(calledAtMs, returnedAtMs)} later`,
        ...(unsettled.length > 0 ? [`${unsettled.length} records had no completion then`] : []),
      ],
    }))
}

/** What waits for the same thing at the same time is one bar: from the first that waits until nobody does. */
function blockedSpans(trace: readonly TraceEvent[], endMs: number): Span[] {
  const spans: Span[] = []
  const waiting = new Map<string, { count: number; most: number; fromMs: number }>()
  const close = (on: string, toMs: number): void => {
    const { most, fromMs } = waiting.get(on)!
    waiting.delete(on)
    const title = `${most} ${most === 1 ? 'send waits' : 'sends wait'} for ${on}`
    spans.push({ fromMs, toMs, kind: 'blocked', title, details: [lasted(fromMs, toMs)], find: `on=${on}` })
  }
  for (const { atMs, event, details } of trace) {
    const on = String(details['on'])
    const group = waiting.get(on)
    if (event === 'send-blocked') {
      if (group === undefined) waiting.set(on, { count: 1, most: 1, fromMs: atMs })
      else group.most = Math.max(group.most, ++group.count)
    } else if (event === 'send-unblocked' && group !== undefined && --group.count === 0) close(on, atMs)
  }
  for (const on of [...waiting.keys()]) close(on, endMs)
  return spans
}

function downSpans(trace: readonly TraceEvent[], broker: number, endMs: number): Span[] {
  const spans: Span[] = []
  let downFromMs: number | undefined
  const bar = (fromMs: number, toMs: number): void =>
    void spans.push({ fromMs, toMs, kind: 'down', title: `broker ${broker} is down`, details: [lasted(fromMs, toMs)] })
  for (const { atMs, event, details } of trace) {
    if (details['broker'] !== broker) continue
    if (event === 'broker-stopped') downFromMs ??= atMs
    else if (event === 'broker-started' && downFromMs !== undefined) {
      bar(downFromMs, atMs)
      downFromMs = undefined
    }
  }
  if (downFromMs !== undefined && downFromMs < endMs) bar(downFromMs, endMs)
  return spans
}

function requestBar(span: RequestSpan): Span {
  const { producer, api, correlationId, fromMs, toMs, receivedMs, answeredMs, end, because, bytes, faults, batches } =
    span
  const isFine = end === 'answered' || end === 'no-answer-wanted'
  const endWords = {
    answered: `answered after ${lasted(fromMs, toMs)}`,
    'no-answer-wanted': 'no answer wanted (acks=0)',
    'timed-out': `no answer within request.timeout.ms, ${lasted(fromMs, toMs)}`,
    'connection-lost': `connection lost: ${because}`,
    open: 'never answered',
  }
  return {
    fromMs,
    toMs,
    kind: !isFine ? 'lost' : api === 'Produce' ? 'produce' : 'request',
    title: `${api} ${correlationId}${ofProducer(producer)}`,
    details: [
      endWords[end],
      `${bytes} bytes`,
      receivedMs === undefined ? 'the broker never saw it' : `arrived at ${shownMs(receivedMs)}`,
      ...(receivedMs !== undefined && answeredMs === undefined ? ['no answer left the broker'] : []),
      ...faults.map((name) => `fault: ${name}`),
      ...batches.slice(0, 12),
      ...(batches.length > 12 ? [`and ${batches.length - 12} more batches`] : []),
    ],
    find: `correlationId=${correlationId}`,
  }
}

function batchBar({ producer, batch, kind, fromMs, toMs, end, records, bytes, attempt, sequence }: BatchSpan): Span {
  const name = `batch ${batch}${ofProducer(producer)}`
  const what = {
    gathering: 'open for records, or waiting to be sent',
    'in-flight': `sent${attempt > 0 ? `, attempt ${attempt + 1}` : ''}, waiting for the answer`,
    backoff: 'refused or lost, waiting to be sent again',
  }
  return {
    fromMs,
    toMs,
    kind,
    title: name,
    details: [
      `${what[kind]}: ${lasted(fromMs, toMs)}`,
      ...(records === undefined ? [] : [`${records} records${bytes === undefined ? '' : `, ${bytes} bytes`}`]),
      ...(sequence === undefined || sequence < 0 ? [] : [`first sequence ${sequence}`]),
      `then ${end}`,
    ],
    find: findOf(`batch=${batch}`, producer),
  }
}

function batchMarks({ producer, batch, partition, kind, end, toMs }: BatchSpan): PlacedMark[] {
  const at = { place: partition, atMs: toMs, find: findOf(`batch=${batch}`, producer) }
  const name = `batch ${batch}${ofProducer(producer)}`
  if (end === 'batch-completed') return [{ ...at, kind: 'acknowledged', title: `${name} acknowledged` }]
  if (end.startsWith('batch-retried')) return [{ ...at, kind: 'retry', title: `${name}: ${end}` }]
  if (end.startsWith('batch-split')) return [{ ...at, kind: 'event', title: `${name} was too large and is split` }]
  if (end === 'still open' || (kind === 'gathering' && end === 'batch-drained')) return []
  return end === 'batch-drained' ? [] : [{ ...at, kind: 'failed', title: `${name}: ${end}` }]
}

/** Records handed over in the same moment are one mark, and those that failed in the same way at the same moment. */
function sendMarks({ sent }: History): PlacedMark[] {
  const groups = new Map<string, { atMs: number; kind: MarkKind; words: string; numbers: number[] }>()
  const add = (atMs: number, kind: MarkKind, words: string, number: number): void => {
    const key = `${kind} ${words} ${atMs}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { atMs, kind, words, numbers: [number] })
    else group.numbers.push(number)
  }
  for (const { number, producer, submittedAtMs, settlements } of sent) {
    add(submittedAtMs, 'send', producer === undefined ? 'sent' : `sent to ${producer}`, number)
    for (const end of settlements) {
      if (end.outcome === 'failed')
        add(
          end.atMs,
          'failed',
          `${producer === undefined ? '' : `of ${producer} `}failed: ${end.error} (${end.certainty})`,
          number,
        )
    }
  }
  return [...groups.values()].map(({ atMs, kind, words, numbers }) => ({
    place: 'application',
    atMs,
    kind,
    title: `${numbers.length === 1 ? `record ${numbers[0]}` : `${numbers.length} records, ${numbers[0]} to ${numbers.at(-1)},`} ${words}`,
    ...(kind === 'failed' ? { find: `number=${numbers[0]}` } : {}),
  }))
}

/** Marks that are about one event each. */
function eventMarks({ atMs, source, event, details, producer }: TraceEvent, names: ProducerNames): PlacedMark[] {
  const lane = producerLane(producer)
  const whose = ofProducer(producer ?? names.get(details['clientId']))
  const of = details as Readonly<Record<string, never>>
  const place = (name: string, kind: MarkKind, title: string, find?: string): PlacedMark[] => [
    { place: name, atMs, kind, title, ...(find === undefined ? {} : { find }) },
  ]
  const partition = of['topic'] === undefined ? '' : `${of['topic']}-${of['partition']}`
  switch (`${source} ${event}`) {
    case 'broker fault-hit':
      return place(brokerLane(of['broker']), 'fault', `fault "${of['fault']}": ${of['action']}`, 'fault-hit')
    case 'broker leader-moved':
      return place(
        partition,
        'leader',
        Number(of['leader']) < 0 ? 'nobody leads' : `broker ${of['leader']} leads`,
        'leader-moved',
      )
    case 'broker batch-appended':
      return place(
        partition,
        'appended',
        `${of['records']} records${whose} written from offset ${of['baseOffset']}`,
        `baseOffset=${of['baseOffset']}`,
      )
    case 'broker batch-duplicate':
      return place(
        partition,
        'duplicate',
        `a batch${whose} that was there already, from offset ${of['baseOffset']}`,
        'batch-duplicate',
      )
    case 'broker batch-refused':
      return place(partition, 'refused', `the broker refuses a batch${whose}: ${of['error']}`, 'batch-refused')
    case 'producer connection-lost':
      return place(brokerLane(of['node']), 'event', `connection${whose} lost: ${of['because']}`, 'connection-lost')
    case 'producer fatal':
      return place(lane, 'failed', `fatal: ${of['because']}`, 'fatal')
    case 'producer metadata-failed':
      return place(lane, 'retry', `metadata failed: ${of['because']}`, 'metadata-failed')
    case 'producer metadata-updated':
      return place(lane, 'event', `metadata, version ${of['version']}`, 'metadata-updated')
    case 'producer producer-id':
      return place(lane, 'event', `producer id ${of['id']}, epoch ${of['epoch']}`, 'producer-id')
    case 'producer epoch-bumped':
      return place(lane, 'retry', `epoch bumped to ${of['epoch']}`, 'epoch-bumped')
    case 'producer sequences-reset':
      return place(partition, 'retry', `sequences${whose} start again, epoch ${of['epoch']}`, 'sequences-reset')
    default:
      return []
  }
}

function lasted(fromMs: number, toMs: number): string {
  return shownMs(toMs - fromMs)
}
