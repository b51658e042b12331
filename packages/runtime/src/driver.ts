import type { Clock } from './clock.ts'

/** A synchronous state machine: a turn runs to completion and says when the next one is due. */
export interface Core {
  /** Does everything that can be done at `nowMs`; returns the time of the next deadline, `Infinity` if there is none. */
  poll(nowMs: number): number
}

/**
 * Polls one core at its deadlines and whenever something happened: the core's only timer. A turn never runs inside
 * another and never inside the event that asked for it, so a core sees no re-entrance.
 */
export class Driver {
  private readonly clock: Clock
  private readonly core: Core
  /** The deadline that the last turn returned. */
  private deadlineMs = Number.POSITIVE_INFINITY
  /** When the timer fires: at the deadline, or earlier, if the deadline has moved on since. */
  private timerMs = Number.POSITIVE_INFINITY
  private cancelTimer: (() => void) | undefined
  private closed = false
  /** A turn is due as soon as the current event is over, so that there is nothing to ask for. */
  private cancelWake: (() => void) | undefined

  constructor(clock: Clock, core: Core) {
    this.clock = clock
    this.core = core
  }

  /** Asks for a turn as soon as the current event is over. Many calls make one turn. */
  wake(): void {
    if (this.cancelWake !== undefined || this.closed) return
    this.cancelWake = this.clock.wakeAt(this.clock.nowMs(), this.woken)
  }

  /** No turn happens after this. Idempotent. */
  close(): void {
    this.closed = true
    this.cancelWake?.()
    this.cancelWake = undefined
    this.setTimer(Number.POSITIVE_INFINITY)
  }

  private readonly woken = (): void => {
    this.cancelWake = undefined
    this.turn(this.clock.nowMs())
  }

  private readonly timerFired = (): void => {
    this.cancelTimer = undefined
    this.timerMs = Number.POSITIVE_INFINITY
    const nowMs = this.clock.nowMs()
    if (nowMs < this.deadlineMs) this.setTimer(this.deadlineMs)
    else this.turn(nowMs)
  }

  private turn(nowMs: number): void {
    this.deadlineMs = this.core.poll(nowMs)
    if (this.closed) return
    if (this.deadlineMs <= nowMs) this.wake()
    // Every answer moves the deadline on a little: a timer that is early costs less than two that replace each other.
    else if (this.deadlineMs < this.timerMs || this.deadlineMs === Number.POSITIVE_INFINITY)
      this.setTimer(this.deadlineMs)
  }

  private setTimer(atMs: number): void {
    this.cancelTimer?.()
    this.timerMs = atMs
    this.cancelTimer = atMs === Number.POSITIVE_INFINITY ? undefined : this.clock.wakeAt(atMs, this.timerFired)
  }
}
