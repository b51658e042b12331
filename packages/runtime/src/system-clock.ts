import type { Clock } from './clock.ts'

/** `setTimeout` overflows above this (24.8 days) and fires at once; farther deadlines are reached in several sleeps. */
const sleepMsMax = 2 ** 31 - 1

/** More than that do not share one reading of the wall clock. */
const wallReadsShared = 16

/**
 * HOT: once per record. A reading of the wall clock costs 45 ns, a tenth of all that a record costs; a caller that sends
 * many without giving way gets one for up to 16 of them. None of those records can leave before it does give way.
 */
class SharedWallClock {
  private ms = 0
  private readsLeft = 0

  readonly read = (): number => {
    if (this.readsLeft === 0) this.readAnew()
    this.readsLeft--
    return this.ms
  }

  private readAnew(): void {
    this.ms = Date.now()
    this.readsLeft = wallReadsShared
    void Promise.resolve().then(this.forget)
  }

  private readonly forget = (): void => {
    this.readsLeft = 0
  }
}

/** The real clock, from globals that Node and browsers share. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: new SharedWallClock().read,
  wakeAt(atMs, wake) {
    if (atMs === Number.POSITIVE_INFINITY) return () => {}
    if (atMs <= performance.now()) return soon(wake)
    let timer: ReturnType<typeof setTimeout>
    const sleep = (): void => {
      // Rounded up: a timer that fires early would be one turn for nothing.
      const leftMs = Math.max(Math.ceil(atMs - performance.now()), 0)
      timer = setTimeout(() => (performance.now() >= atMs ? wake() : sleep()), Math.min(leftMs, sleepMsMax))
    }
    sleep()
    return () => clearTimeout(timer)
  },
}

/** After the current event: `setImmediate` where it exists (1.5 us), since `setTimeout(0)` is a whole millisecond. */
function soon(wake: () => void): () => void {
  if (typeof setImmediate === 'function') {
    const immediate = setImmediate(wake)
    return () => clearImmediate(immediate)
  }
  const timer = setTimeout(wake, 0)
  return () => clearTimeout(timer)
}
