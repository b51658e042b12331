import { AbortedError, type Certainty, ProducerError, SendAllError } from '../errors.ts'
import type { ProducerCore } from '../producer-core.ts'
import type { OnCompletion, ProducerRecord } from '../record.ts'

export interface SendAllOptions<K, V> {
  /** Told of each record that failed. With it, the rest is sent all the same; without it, the first failure is the end. */
  readonly onFailure?: (error: ProducerError, record: ProducerRecord<K, V>) => void
  /** Stops taking records, and rejects at once; records that were taken go their way. */
  readonly signal?: AbortSignal
}

export interface SendAllResult {
  readonly delivered: number
  /** Always 0 without `onFailure`. */
  readonly failed: number
}

type Send = (record: ProducerRecord<unknown, unknown>, onCompletion: OnCompletion) => unknown

/** Sends as fast as memory allows; see `Producer.sendAll`. */
export function sendAll<K, V>(
  core: ProducerCore,
  send: Send,
  records: Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>,
  options: SendAllOptions<K, V>,
): Promise<SendAllResult> {
  const { signal } = options
  const run = new SendAllRun(core, send, options)
  if (signal === undefined) return run.play(records)
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      run.stop()
      reject(new AbortedError('sendAll() was aborted', { certainty: 'maybe', cause: signal.reason }))
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    const over = (): void => signal.removeEventListener('abort', abort)
    run.play(records).finally(over).then(resolve, reject)
  })
}

class SendAllRun<K, V> {
  private readonly core: ProducerCore
  private readonly send: Send
  private readonly options: SendAllOptions<K, V>
  private pending = 0
  private delivered = 0
  private failed = 0
  private first: ProducerError | undefined
  private certainty: Certainty = 'definite'
  private isStopped = false
  private whenSettled: (() => void) | undefined

  constructor(core: ProducerCore, send: Send, options: SendAllOptions<K, V>) {
    this.core = core
    this.send = send
    this.options = options
  }

  stop(): void {
    this.isStopped = true
  }

  async play(records: Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>): Promise<SendAllResult> {
    try {
      // An iterable that is not asynchronous is not made so: that would cost a turn of the microtask queue per record.
      if (Symbol.asyncIterator in records) {
        for await (const record of records) {
          if (this.isStopped) break
          await this.take(record)
        }
      } else {
        for (const record of records) {
          const drained = this.take(record)
          if (drained !== undefined) await drained
          if (this.isStopped) break
        }
      }
    } finally {
      await this.settled()
    }
    const { delivered, failed, first, certainty } = this
    if (first === undefined || this.options.onFailure !== undefined) return { delivered, failed }
    throw new SendAllError(first, { delivered, failed, certainty })
  }

  /** Undefined: go on at once. */
  private take(record: ProducerRecord<K, V>): Promise<void> | undefined {
    const { onFailure } = this.options
    this.pending++
    try {
      // One callback for all, unless somebody wants to know which record it was.
      if (onFailure === undefined) this.send(record, this.onCompletion)
      else {
        this.send(record, (metadata, error) => {
          this.onCompletion(metadata, error)
          if (error !== undefined) onFailure(error, record)
        })
      }
    } catch (error) {
      if (!(error instanceof ProducerError)) throw error
      this.onCompletion(undefined, error)
      onFailure?.(error, record)
    }
    if (!this.core.needsDrain) return undefined
    return new Promise((resolve) => this.core.onDrain(resolve))
  }

  private readonly onCompletion: OnCompletion = (_, error) => {
    this.pending--
    if (error === undefined) this.delivered++
    else {
      this.failed++
      this.first ??= error
      if (error.certainty === 'maybe') this.certainty = 'maybe'
      if (this.options.onFailure === undefined) this.isStopped = true
    }
    if (this.pending === 0) this.whenSettled?.()
  }

  /** Everything taken has its outcome. The last records do not linger. */
  private settled(): Promise<void> {
    if (this.pending === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.whenSettled = resolve
      if (!this.core.isClosed) this.core.flush(() => {})
    })
  }
}
