import type { Clock } from '@harrow/runtime'

/** Every wake-up of the cluster goes through here, so that stopping it can leave none behind. */
export class Timers {
  private readonly clock: Clock
  private readonly pendingCancels = new Set<() => void>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Calls `wake` once, `ms` from now; returns how to take it back. */
  after(ms: number, wake: () => void): () => void {
    let cancelWake: () => void = () => {}
    const cancel = (): void => {
      this.pendingCancels.delete(cancel)
      cancelWake()
    }
    this.pendingCancels.add(cancel)
    cancelWake = this.clock.wakeAt(this.clock.nowMs() + ms, () => {
      this.pendingCancels.delete(cancel)
      wake()
    })
    return cancel
  }

  get pending(): number {
    return this.pendingCancels.size
  }

  cancelAll(): void {
    for (const cancel of [...this.pendingCancels]) cancel()
  }
}
