import type { Random } from '@harrow/runtime'
import { exponentialBackoffMs } from '../backoff.ts'

export interface ReconnectOptions {
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMaxMs: number
  readonly socketConnectionSetupTimeoutMs: number
  readonly socketConnectionSetupTimeoutMaxMs: number
}

/** Failures of one broker, and what follows from them: when to try again, and how long a try may take. */
export class Reconnect {
  private readonly random: Random
  private readonly options: ReconnectOptions
  /** Losses since the connection was last ready. */
  private failures = 0
  /** Attempts that did not even connect, since one last did. */
  private setupFailures = 0

  constructor(random: Random, options: ReconnectOptions) {
    this.random = random
    this.options = options
  }

  setupTimeoutMs(): number {
    const { socketConnectionSetupTimeoutMs: baseMs, socketConnectionSetupTimeoutMaxMs: maxMs } = this.options
    return exponentialBackoffMs(this.random, { baseMs, maxMs }, this.setupFailures)
  }

  /** How long to stay away, after losing a connection in `wasConnecting` or a later state. */
  lost(options: { readonly wasConnecting: boolean }): number {
    if (options.wasConnecting) this.setupFailures++
    const { reconnectBackoffMs: baseMs, reconnectBackoffMaxMs: maxMs } = this.options
    return exponentialBackoffMs(this.random, { baseMs, maxMs }, this.failures++)
  }

  connected(): void {
    this.setupFailures = 0
  }

  ready(): void {
    this.failures = 0
  }
}
