/** Timers by name: one that is set again replaces the one before. Java: `CoordinatorTimer`. */
export class KeyedTimers {
  private readonly later: (ms: number, wake: () => void) => () => void
  private readonly cancels = new Map<string, () => void>()

  constructor(later: (ms: number, wake: () => void) => () => void) {
    this.later = later
  }

  schedule(key: string, ms: number, wake: () => void): void {
    this.cancel(key)
    const cancel = this.later(ms, () => {
      this.cancels.delete(key)
      wake()
    })
    this.cancels.set(key, cancel)
  }

  cancel(key: string): void {
    this.cancels.get(key)?.()
    this.cancels.delete(key)
  }

  cancelAll(): void {
    for (const key of [...this.cancels.keys()]) this.cancel(key)
  }
}
