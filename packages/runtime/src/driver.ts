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
  private dueMs = Number.POSITIVE_INFINITY
  private cancel: (() => void) | undefined
  private closed = false
  /** A turn is due as soon as the current event is over, so that there is nothing to ask for. */
  private isWoken = false

  constructor(clock: Clock, core: Core) {
    this.clock = clock
    this.core = core
  }

  /** Asks for a turn as soon as the current event is over. Many calls make one turn. */
  wake(): void {
    if (this.isWoken) return
    this.isWoken = true
    this.schedule(this.clock.nowMs())
  }

  /** No turn happens after this. Idempotent. */
  close(): void {
    this.closed = true
    this.cancel?.()
    this.cancel = undefined
    this.dueMs = Number.POSITIVE_INFINITY
  }

  private readonly turn = (): void => {
    this.isWoken = false
    this.cancel = undefined
    this.dueMs = Number.POSITIVE_INFINITY
    if (this.closed) return
    this.schedule(this.core.poll(this.clock.nowMs()))
  }

  private schedule(atMs: number): void {
    if (this.closed || atMs >= this.dueMs) return
    this.cancel?.()
    this.dueMs = atMs
    this.cancel = this.clock.wakeAt(atMs, this.turn)
  }
}
