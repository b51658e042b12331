import type { RecordAccumulator } from './accumulator/record-accumulator.ts'
import type { Admission } from './admission/admission.ts'
import type { Completions } from './completions.ts'
import type { Trace } from './trace.ts'

export interface Flush {
  /** It waits for every send with a smaller number. */
  readonly before: number
  readonly startMs: number
  readonly done: () => void
}

export interface FlushesParts {
  readonly admission: Admission
  readonly accumulator: RecordAccumulator
  readonly completions: Completions
  readonly trace: Trace
}

/** Calls of `flush` that are not through, in the order of the calls, which is the order in which they end. */
export class Flushes {
  private readonly parts: FlushesParts
  private readonly waiting: Flush[] = []

  constructor(parts: FlushesParts) {
    this.parts = parts
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0
  }

  add(flush: Flush): void {
    this.waiting.push(flush)
  }

  /** Once per turn: ends those for which nothing is outstanding any more. */
  finish(nowMs: number): void {
    const { completions, trace } = this.parts
    while (this.waiting.length > 0 && !this.isOutstandingBefore(this.waiting[0]!.before)) {
      const { startMs, done } = this.waiting.shift()!
      trace({ event: 'flushed', tookMs: nowMs - startMs })
      completions.addDone(done)
    }
  }

  /** Whether a send with a smaller number has no outcome. While one has none, the oldest batch tells at once. */
  private isOutstandingBefore(sendNumber: number): boolean {
    const { admission, accumulator } = this.parts
    if ((admission.firstWaiting ?? Number.POSITIVE_INFINITY) < sendNumber) return true
    for (let link = accumulator.incompleteBatches.first; link !== undefined; link = link.next)
      if (link.item.firstSend < sendNumber) return true
    return false
  }
}
