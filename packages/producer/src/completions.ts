import type { ProducerBatch } from './accumulator/producer-batch.ts'
import type { ProducerError } from './errors.ts'
import type { Logger } from './logger.ts'
import type { OnCompletion, RecordMetadata } from './record.ts'

/**
 * What callers are to be told, in the order in which it became known. Nothing is told inside a call of the caller, nor
 * in the middle of a turn: callbacks may send, flush and close without meeting a half-changed producer.
 */
export class Completions {
  private readonly logger: Logger
  private readonly clientId: string
  private waiting: (() => void)[] = []

  constructor(logger: Logger, clientId: string) {
    this.logger = logger
    this.clientId = clientId
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0
  }

  addBatch(batch: ProducerBatch): void {
    this.waiting.push(() => batch.complete(this.report))
  }

  addFailure(callback: OnCompletion, error: ProducerError): void {
    this.waiting.push(() => this.report(callback, undefined, error))
  }

  addDone(done: () => void): void {
    this.waiting.push(() => this.guard(done))
  }

  /** Tells everything known so far; what callbacks add is told in the next turn. */
  run(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const tell of waiting) tell()
  }

  /** HOT: once per record. What `guard` does, without a closure for each call. */
  private readonly report = (
    callback: OnCompletion,
    metadata: RecordMetadata | undefined,
    error: ProducerError | undefined,
  ): void => {
    try {
      this.watch(callback(metadata, error))
    } catch (thrown) {
      this.failed('threw', thrown)
    }
  }

  /**
   * One caller's mistake must not keep others from being told (Java logs and goes on, too). A callback may be an async
   * function although nobody waits for it: then its rejection must not end the process.
   */
  private guard(call: () => unknown): void {
    try {
      this.watch(call())
    } catch (error) {
      this.failed('threw', error)
    }
  }

  private watch(result: unknown): void {
    if (typeof result !== 'object' || result === null || !('then' in result)) return
    ;(result as PromiseLike<unknown>).then(undefined, (error: unknown) => this.failed('rejected', error))
  }

  private failed(how: 'threw' | 'rejected', err: unknown): void {
    this.logger.error({ clientId: this.clientId, err }, `a callback of the application ${how}`)
  }
}
