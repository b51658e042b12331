import type { Clock } from '@harrow/runtime'
import type { SentRecord, Settlement, TraceEvent, WaitedStep } from '../history.ts'
import { TraceHash } from './trace-hash.ts'

/**
 * The trace keeps this many events; the hash covers all. Laws cannot judge by a trace that forgot its beginning (seed
 * 1006290 broke RETRYID so): an explored run, of 500,000 steps at most, does not get there.
 */
const traceEventsMax = 1_000_000

/** Writes down what happens while it happens: the part of a history that comes from this side of the wire. */
export class Recorder {
  readonly sent: SentRecord[] = []
  readonly waits: WaitedStep[] = []
  readonly events: TraceEvent[] = []
  /** Records that have completed. */
  settledCount = 0
  /** The same, of each producer. */
  private readonly settledBy = new Map<string | undefined, number>()
  private readonly clock: Clock
  /** On the clock: time 0 of everything recorded. */
  readonly startMs: number
  private readonly hash = new TraceHash()
  /** Events at the start of `events` that are in the hash: it is only worked out when somebody asks. */
  private hashed = 0

  constructor(clock: Clock) {
    this.clock = clock
    this.startMs = clock.nowMs()
  }

  /** Milliseconds since the run began. */
  nowMs(): number {
    return this.clock.nowMs() - this.startMs
  }

  get traceHash(): string {
    this.catchUp()
    return this.hash.digest
  }

  /** `producer`: of a run of several, which of them says it or is asked for it. */
  trace(source: TraceEvent['source'], event: string, details: object, producer?: string): void {
    // Full: forget the older half at once, the end is where failures are looked at.
    if (this.events.length >= traceEventsMax) {
      this.catchUp()
      this.events.splice(0, traceEventsMax / 2)
      this.hashed = this.events.length
    }
    const atMs = this.nowMs()
    if (producer === undefined) this.events.push({ atMs, source, event, details: details as TraceEvent['details'] })
    else this.events.push({ atMs, source, producer, event, details: details as TraceEvent['details'] })
  }

  private catchUp(): void {
    for (; this.hashed < this.events.length; this.hashed++) {
      const { atMs, event, details, producer } = this.events[this.hashed]!
      this.hash.event(atMs, producer === undefined ? event : `${producer} ${event}`, details)
    }
  }

  submitted(record: Omit<SentRecord, 'submittedAtMs' | 'submittedWallMs' | 'settlements' | 'number'>): SentRecord {
    const { topic, key, partition, headers, value, producer } = record
    const submittedWallMs = this.clock.wallMs()
    // One literal: spreading costs ten times as much, and there is one for every record.
    const entry: SentRecord = {
      topic,
      key,
      partition,
      headers,
      value,
      producer,
      number: this.sent.length,
      submittedAtMs: this.nowMs(),
      submittedWallMs,
      settlements: [],
    }
    this.sent.push(entry)
    return entry
  }

  settled(record: SentRecord, end: Settlement): void {
    record.settlements.push(end)
    const { number, producer } = record
    if (record.settlements.length === 1) {
      this.settledCount++
      this.settledBy.set(producer, this.settledOf(producer) + 1)
    }
    if (end.outcome === 'acknowledged') {
      const { partition, offset } = end
      this.trace('workload', 'record-acknowledged', { number, partition, offset }, producer)
    } else this.trace('workload', 'record-failed', { number, error: end.error }, producer)
  }

  /** How many records of this producer have completed. */
  settledOf(producer: string | undefined): number {
    return this.settledBy.get(producer) ?? 0
  }

  /** Returns what to call when the step has returned. `producer`: who is asked, in a run of several. */
  waitStarted(
    step: WaitedStep['step'],
    {
      producer,
      withinMs,
      timeoutMs,
    }: {
      readonly producer: string | undefined
      readonly withinMs?: number | undefined
      readonly timeoutMs?: number | undefined
    },
  ): () => void {
    const calledAtMs = this.nowMs()
    const before = this.sent.length
    return () => {
      const handedOver = this.sent.slice(0, before).filter((record) => record.producer === producer)
      // Of `until` nobody says that it waits for every record.
      const unsettled = step === 'until' ? [] : handedOver.filter((record) => record.settlements.length === 0)
      this.waits.push({
        step,
        ...(producer === undefined ? {} : { producer }),
        calledAtMs,
        returnedAtMs: this.nowMs(),
        submittedBefore: handedOver.length,
        unsettled: unsettled.map((record) => record.number),
        withinMs,
        timeoutMs,
      })
    }
  }
}
