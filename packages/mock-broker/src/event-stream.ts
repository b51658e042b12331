import type { BrokerEvent, Tracer } from './trace.ts'

/** An event of one kind. */
export type BrokerEventOf<Kind extends BrokerEvent['event']> = Extract<BrokerEvent, { readonly event: Kind }>

/** Stops hearing. Harmless the second time. */
export type Unsubscribe = () => void

export interface EventStreamOptions {
  /** Events that are kept to be read later; the oldest go first. */
  readonly eventsMax: number
  /** Hears every event before any subscriber does. */
  readonly trace?: Tracer | undefined
  /** What becomes of an error that a subscriber throws: it must not disturb the cluster. */
  readonly onListenerError: (error: unknown) => void
}

/** Everything that happened, as it happens and afterwards. */
export class EventStream implements Iterable<BrokerEvent> {
  private readonly options: EventStreamOptions
  private readonly listeners = new Set<Tracer>()
  private kept: BrokerEvent[] = []
  private head = 0
  private droppedCount = 0
  private isReportingError = false

  constructor(options: EventStreamOptions) {
    this.options = options
  }

  /** Events that can still be read. */
  get length(): number {
    return this.kept.length - this.head
  }

  /** How many of the oldest had to go (`eventsMax`). */
  get dropped(): number {
    return this.droppedCount
  }

  [Symbol.iterator](): Iterator<BrokerEvent> {
    return this.kept.slice(this.head)[Symbol.iterator]()
  }

  /** Those of one kind, oldest first. */
  of<Kind extends BrokerEvent['event']>(kind: Kind): BrokerEventOf<Kind>[] {
    return [...this].filter((event): event is BrokerEventOf<Kind> => event.event === kind)
  }

  /** Calls `listener` at every event from now on, within the turn in which it happens. */
  subscribe(listener: Tracer): Unsubscribe {
    // Wrapped, so that the same function subscribed twice hears everything twice and is taken out once.
    const wrapped: Tracer = (event) => listener(event)
    this.listeners.add(wrapped)
    return () => void this.listeners.delete(wrapped)
  }

  tell(event: BrokerEvent): void {
    this.options.trace?.(event)
    this.keep(event)
    for (const listener of this.listeners) {
      try {
        listener(event)
      } catch (error) {
        this.reportError(error)
      }
    }
  }

  clear(): void {
    this.kept = []
    this.head = 0
    this.droppedCount = 0
  }

  private keep(event: BrokerEvent): void {
    this.kept.push(event)
    if (this.kept.length - this.head <= this.options.eventsMax) return
    // Only counted now; the array is cut when half of it is gone, so dropping stays cheap.
    this.head++
    this.droppedCount++
    if (this.head > 1024 && this.head * 2 > this.kept.length) {
      this.kept = this.kept.slice(this.head)
      this.head = 0
    }
  }

  /** Reporting is an event as well, which the same listener may choke on: once is enough. */
  private reportError(error: unknown): void {
    if (this.isReportingError) return
    this.isReportingError = true
    try {
      this.options.onListenerError(error)
    } finally {
      this.isReportingError = false
    }
  }
}
