/** `metrics.num.samples` windows of `metrics.sample.window.ms` each. */
export interface SampleWindows {
  readonly count: number
  readonly windowMs: number
}

interface Sample {
  startMs: number
  count: number
  sum: number
  max: number
}

/**
 * One measured quantity: a sum since the start, and average, maximum and rate over the last windows. Java's Sensor with
 * SampledStat and Rate. Recording allocates nothing once all windows exist.
 */
export class Sensor {
  private readonly windows: SampleWindows
  private readonly samples: Sample[] = []
  private newest = 0
  private sum = 0

  constructor(windows: SampleWindows) {
    this.windows = windows
  }

  /** Everything ever recorded, added up. */
  get total(): number {
    return this.sum
  }

  record(value: number, nowMs: number): void {
    this.sum += value
    const sample = this.current(nowMs)
    sample.count++
    sample.sum += value
    sample.max = Math.max(sample.max, value)
  }

  /** NaN if nothing was recorded lately. */
  average(nowMs: number): number {
    let count = 0
    let sum = 0
    for (const sample of this.recent(nowMs)) {
      count += sample.count
      sum += sample.sum
    }
    return sum / count
  }

  /** NaN if nothing was recorded lately. */
  max(nowMs: number): number {
    let max = Number.NEGATIVE_INFINITY
    for (const sample of this.recent(nowMs)) max = Math.max(max, sample.max)
    return max === Number.NEGATIVE_INFINITY ? Number.NaN : max
  }

  /** Per second. Windows that have not been yet count as if they had been empty: one early event is no high rate. */
  rate(nowMs: number): number {
    let sum = 0
    let oldestMs = nowMs
    for (const sample of this.recent(nowMs)) {
      sum += sample.sum
      oldestMs = Math.min(oldestMs, sample.startMs)
    }
    const { count, windowMs } = this.windows
    const elapsedMs = nowMs - oldestMs
    const missing = Math.max(0, count - 1 - Math.floor(elapsedMs / Math.max(windowMs, 1)))
    return sum === 0 ? 0 : (sum / Math.max(elapsedMs + missing * windowMs, 1)) * 1_000
  }

  private recent(nowMs: number): Sample[] {
    const { count, windowMs } = this.windows
    return this.samples.filter((sample) => nowMs - sample.startMs < Math.max(count * windowMs, 1))
  }

  private current(nowMs: number): Sample {
    const sample = this.samples[this.newest]
    if (sample !== undefined && nowMs - sample.startMs < this.windows.windowMs) return sample
    this.newest = sample === undefined ? 0 : (this.newest + 1) % this.windows.count
    const next = this.samples[this.newest]
    if (next === undefined) {
      const fresh = { startMs: nowMs, count: 0, sum: 0, max: Number.NEGATIVE_INFINITY }
      this.samples.push(fresh)
      return fresh
    }
    next.startMs = nowMs
    next.count = 0
    next.sum = 0
    next.max = Number.NEGATIVE_INFINITY
    return next
  }
}
