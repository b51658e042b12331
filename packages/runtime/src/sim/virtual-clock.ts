import type { Clock } from '../clock.ts'

/**
 * Time that passes only by going to the next event. Resolution is 1/1024 ms: a power of two, so that sums of whole
 * milliseconds and network latencies are exact in a double and no deadline is missed or met twice by rounding.
 * Events of one instant run in the order in which they were scheduled.
 */
export class VirtualClock implements Clock {
  /** Binary heap by (atMs, order). */
  private readonly heap: Event[] = []
  private now = 0
  private scheduled = 0
  private cancelled = 0
  private readonly wallStartMs: number

  /** `wallStartMs`: what the wall clock shows at virtual time 0; by default a fixed date, for replay. */
  constructor(options: { readonly wallStartMs?: number } = {}) {
    this.wallStartMs = options.wallStartMs ?? wallStartMsDefault
  }

  nowMs(): number {
    return this.now
  }

  wallMs(): number {
    return this.wallStartMs + Math.floor(this.now)
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    if (atMs === Number.POSITIVE_INFINITY) return () => {}
    const event: Event = { atMs: toTick(Math.max(atMs, this.now)), order: this.scheduled++, wake }
    this.push(event)
    return () => {
      if (event.wake === undefined) return
      event.wake = undefined
      this.cancelled++
      // Cancelled events stay in the heap until their time; drop them in bulk before they outnumber the living.
      if (this.cancelled > 64 && this.cancelled * 2 > this.heap.length) this.compact()
    }
  }

  /** How many events are still to come: zero is an idle world. */
  get pending(): number {
    return this.heap.length - this.cancelled
  }

  /** The time of the next event, `Infinity` if there is none. */
  get nextMs(): number {
    this.dropCancelled()
    return this.heap[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  /** Goes to the next event and runs it. Returns false if there is none. */
  step(): boolean {
    this.dropCancelled()
    const event = this.pop()
    if (event === undefined) return false
    this.now = event.atMs
    const wake = event.wake
    event.wake = undefined
    wake?.()
    return true
  }

  /** Runs every event up to and including `atMs`, then stands at `atMs`. */
  runUntil(atMs: number): void {
    while (this.nextMs <= atMs) this.step()
    this.now = Math.max(this.now, toTick(atMs))
  }

  private dropCancelled(): void {
    while (this.heap.length > 0 && this.heap[0]?.wake === undefined) {
      this.pop()
      this.cancelled--
    }
  }

  private compact(): void {
    const living = this.heap.filter((event) => event.wake !== undefined)
    this.heap.length = 0
    this.cancelled = 0
    for (const event of living) this.push(event)
  }

  private push(event: Event): void {
    const heap = this.heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(event, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = event
  }

  private pop(): Event | undefined {
    const heap = this.heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}

/** 2026-01-01T00:00:00Z. */
const wallStartMsDefault = 1_767_225_600_000

interface Event {
  readonly atMs: number
  readonly order: number
  /** Undefined once it ran or was cancelled. */
  wake: (() => void) | undefined
}

function before(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

/** Rounded up to the resolution, so that a wake-up is never early. */
function toTick(ms: number): number {
  return Math.ceil(ms * 1024) / 1024
}
