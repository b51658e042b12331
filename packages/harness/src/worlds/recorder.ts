import type { Clock } from '@harrow/runtime'
import type { SentRecord, Settlement, TraceEvent, WaitedStep } from '../history.ts'
import { TraceHash } from './trace-hash.ts'

/** The trace keeps this many events for timelines; the hash covers all. */
const traceEventsMax = 200_000

/** Writes down what happens while it happens: the part of a history that comes from this side of the wire. */
export class Recorder {
  readonly sent: SentRecord[] = []
  readonly waits: WaitedStep[] = []
  readonly events: TraceEvent[] = []
  /** Records that have completed. */
  settledCount = 0
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

  trace(source: TraceEvent['source'], event: string, details: object): void {
    // Full: forget the older half at once, the end is where failures are looked at.
    if (this.events.length >= traceEventsMax) {
      this.catchUp()
      this.events.splice(0, traceEventsMax / 2)
      this.hashed = this.events.length
    }
    this.events.push({ atMs: this.nowMs(), source, event, details: details as TraceEvent['details'] })
  }

  private catchUp(): void {
    for (; this.hashed < this.events.length; this.hashed++) {
      const { atMs, event, details } = this.events[this.hashed]!
      this.hash.event(atMs, event, details)
    }
  }

  submitted(record: Omit<SentRecord, 'submittedAtMs' | 'settlements' | 'number'>): SentRecord {
    // The one copied by spreading comes first: that is the cheap kind, and no field is forgotten.
    const entry: SentRecord = { ...record, number: this.sent.length, submittedAtMs: this.nowMs(), settlements: [] }
    this.sent.push(entry)
    return entry
  }

  settled(record: SentRecord, end: Settlement): void {
    record.settlements.push(end)
    if (record.settlements.length === 1) this.settledCount++
    const { number } = record
    if (end.outcome === 'acknowledged')
      this.trace('workload', 'record-acknowledged', { number, partition: end.partition, offset: end.offset })
    else this.trace('workload', 'record-failed', { number, error: end.error })
  }

  /** Returns what to call when the step has returned. */
  waitStarted(step: WaitedStep['step'], withinMs: number | undefined, timeoutMs?: number): () => void {
    const calledAtMs = this.nowMs()
    const before = this.sent.length
    return () => {
      // Of `until` nobody says that it waits for every record.
      const mustBeSettled = step === 'until' ? 0 : before
      const unsettled = this.sent.slice(0, mustBeSettled).filter((record) => record.settlements.length === 0)
      this.waits.push({
        step,
        calledAtMs,
        returnedAtMs: this.nowMs(),
        submittedBefore: before,
        unsettled: unsettled.map((record) => record.number),
        withinMs,
        timeoutMs,
      })
    }
  }
}
