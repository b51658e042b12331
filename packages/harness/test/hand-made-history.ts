import type {
  History,
  LoggedRecord,
  ProducerOfRun,
  ReceivedBatch,
  ReceivedRequest,
  SentRecord,
  Settlement,
  TraceEvent,
} from '../src/history.ts'
import { recordValue } from '../src/workload/record-value.ts'

const run = '0000abcd'
const topic = 'orders'

export interface HandMadeRecord {
  /** In a run of several: whom it was handed to. */
  readonly producer?: string
  readonly key?: string
  /** What the caller asked for. */
  readonly partition?: number
  readonly atMs?: number
  readonly ends?: readonly Settlement[]
  /** Where it is in the log: partition and offset, any number of times. */
  readonly logged?: readonly (readonly [partition: number, offset: number])[]
}

/** A record that was written at `orders-0` and acknowledged so. */
export function written(offset: number, more: HandMadeRecord = {}): HandMadeRecord {
  return { ends: [acknowledged(0, offset)], logged: [[0, offset]], ...more }
}

export function acknowledged(partition: number, offset: number, atMs = 10): Settlement {
  return { outcome: 'acknowledged', atMs, partition, offset: BigInt(offset), timestamp: 1_000 }
}

export function failed(error: string, certainty: 'definite' | 'maybe', atMs = 10): Settlement {
  return { outcome: 'failed', atMs, error, certainty, message: 'it went wrong' }
}

/** A history in which nothing is wrong but what the test puts into it. */
export function history(records: readonly HandMadeRecord[], more: Partial<History> = {}): History {
  const sent = records.map(
    ({ key = null, partition, atMs = 0, ends = [], producer }, number): SentRecord => ({
      number,
      ...(producer === undefined ? {} : { producer }),
      topic,
      partition,
      key,
      value: recordValue(run, number, 30),
      submittedAtMs: atMs,
      settlements: [...ends],
    }),
  )
  const log = records
    .flatMap(({ logged = [] }, number) => logged.map(([partition, offset]) => entry(sent[number]!, partition, offset)))
    .sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
  return {
    run,
    world: 'simulated',
    producer: settings,
    timerSlackMs: 1,
    losesLeaders: false,
    sent,
    log,
    requests: [],
    batches: [],
    waits: [],
    metrics: new Map(),
    faults: [],
    faultHits: [],
    isStrict: false,
    probes: [],
    healedAtMs: undefined,
    withoutFaults: undefined,
    memory: undefined,
    busiest: undefined,
    findings: [],
    census: nothingLeft,
    worldLeftovers: [],
    cutShort: undefined,
    trace: [],
    durationMs: 100,
    ...more,
  }
}

const nothingLeft = { openLinks: 0, pendingTimers: 0, bufferedBytes: 0, completionsAfterClose: 0 }

/** One of several producers with which nothing is wrong but what the test puts into it; its client.id is its name. */
export function ofSeveral(name: string, more: Partial<ProducerOfRun> = {}): ProducerOfRun {
  const facts = { producer: settings, faultHits: [], memory: undefined, metrics: new Map(), census: nothingLeft }
  return { ...facts, name, clientId: name, ...more }
}

export const settings: History['producer'] = {
  idempotent: true,
  acks: 'all',
  inFlightRequestsMax: 5,
  deliveryTimeoutMs: 1_000,
  blockMsMax: 500,
  lingerMs: 5,
  requestTimeoutMs: 300,
  requestBytesMax: 1_000,
  compresses: false,
  retries: 2 ** 31 - 1,
  batchBytes: 500,
  firstSequence: 0,
  retryBackoffMs: 10,
  retryBackoffMsMax: 100,
  reconnectBackoffMs: 10,
  reconnectBackoffMsMax: 50,
}

export const notIdempotent: History['producer'] = { ...settings, idempotent: false }

/** Something that the producer said. */
export function told(atMs: number, event: string, details: Readonly<Record<string, unknown>>): TraceEvent {
  return { atMs, source: 'producer', event, details }
}

/** Something that the cluster said. */
export function observed(atMs: number, event: string, details: Readonly<Record<string, unknown>>): TraceEvent {
  return { atMs, source: 'broker', event, details }
}

export function entry(record: SentRecord, partition: number, offset: number): LoggedRecord {
  return {
    topic,
    partition,
    offset: BigInt(offset),
    timestamp: 1_000,
    batchTimestampMax: 1_005,
    key: record.key === null ? null : new TextEncoder().encode(record.key),
    value: record.value,
    producerId: 7n,
    producerEpoch: 0,
    sequence: offset,
  }
}

export function batch(more: Partial<ReceivedBatch>): ReceivedBatch {
  return {
    atMs: 5,
    request: 0,
    broker: 1,
    connection: 1,
    topic,
    partition: 0,
    producerId: 7n,
    producerEpoch: 0,
    baseSequence: 0,
    recordCount: 1,
    crc: 0xc0ffee,
    ...more,
  }
}

export function request(more: Partial<ReceivedRequest>): ReceivedRequest {
  return {
    api: 'Produce',
    broker: 1,
    connection: 1,
    receivedAtMs: 5,
    answeredAtMs: 6,
    fault: undefined,
    partitions: [{ topic, partition: 0 }],
    ...more,
  }
}
