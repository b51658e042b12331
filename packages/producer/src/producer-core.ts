import { type CompressionCodec, type CompressionCodecs, invariant, portableCodecs } from '@harrow/protocol'
import { type Core, Driver, type Runtime } from '@harrow/runtime'
import { RecordAccumulator } from './accumulator/record-accumulator.ts'
import { Admission, type PendingSend } from './admission.ts'
import { Completions } from './completions.ts'
import type { ParsedProducerConfig } from './config.ts'
import { ConfigError, ProducerClosedError, SerializationError } from './errors.ts'
import { Idempotence } from './idempotence/idempotence.ts'
import { type Logger, silentLogger } from './logger.ts'
import { Metadata } from './metadata/metadata.ts'
import { NetworkClient } from './network/network-client.ts'
import { checkRecord, type OnCompletion, type ProducerRecord, toHeaders } from './record.ts'
import { refusalOf } from './sender/batch-errors.ts'
import { MetadataFetch } from './sender/metadata-fetch.ts'
import { ProducerIdFetch, type ProducerIdRefusal } from './sender/producer-id-fetch.ts'
import type { RequestContext } from './sender/request-context.ts'
import { Sender } from './sender/sender.ts'
import type { Serializer } from './serializers/serializer.ts'
import type { Trace } from './trace.ts'

export interface ProducerCoreOptions {
  /** Default: what works on every platform (none, snappy, lz4). */
  readonly codecs?: CompressionCodecs
  readonly trace?: Trace
  readonly logger?: Logger
}

/** A producer at one moment, for checkers and curious people. */
export interface ProducerSnapshot {
  readonly bufferTotalBytes: number
  readonly bufferAvailableBytes: number
  /** Sends that wait for memory. */
  readonly bufferPooledWaiters: number
  /** Sends that wait for metadata or memory. */
  readonly blockedSends: number
  readonly incompleteBatches: number
  /** Batches whose memory a request still holds, although they have their outcome. */
  readonly heldBatches: number
  readonly inFlightRequests: number
  readonly connections: readonly { readonly node: number; readonly state: string; readonly inFlightRequests: number }[]
  readonly metadataVersion: number
  readonly topics: readonly string[]
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly state: 'open' | 'closing' | 'closed'
}

interface Flush {
  /** It waits for every send with a smaller number. */
  readonly before: number
  readonly done: () => void
}

/**
 * The front driver, and the owner of everything: joins the caller's turn (record, serializer, partitioner, accumulator)
 * to the core's turn (accumulator, network). Synchronous; promises begin in producer.ts.
 */
export class ProducerCore implements Core {
  private readonly runtime: Runtime
  private readonly config: ParsedProducerConfig
  private readonly driver: Driver
  private readonly completions: Completions
  private readonly trace: Trace | undefined
  private readonly metadata: Metadata
  private readonly network: NetworkClient<RequestContext>
  private readonly accumulator: RecordAccumulator
  private readonly admission: Admission
  private readonly idempotence: Idempotence | undefined
  private readonly sender: Sender
  private readonly metadataFetch: MetadataFetch
  private readonly producerIdFetch: ProducerIdFetch | undefined
  private sendsAccepted = 0
  private readonly flushes: Flush[] = []
  private state: ProducerSnapshot['state'] = 'open'
  private closeDeadlineMs = Number.POSITIVE_INFINITY
  private readonly closed: (() => void)[] = []

  /** Starts at once: connects to a bootstrap server and asks for metadata, as Java does. Throws ConfigError. */
  constructor(runtime: Runtime, config: ParsedProducerConfig, options: ProducerCoreOptions = {}) {
    const { codecs = portableCodecs, trace, logger = silentLogger } = options
    const random = runtime.random.fork('producer')
    const codec = codecFor(config, codecs)
    this.runtime = runtime
    this.config = config
    this.trace = trace
    this.driver = new Driver(runtime.clock, this)
    const wake = (): void => this.driver.wake()
    this.completions = new Completions(logger)
    this.metadata = new Metadata(random.fork('metadata'), { ...config, trace })
    this.network = new NetworkClient({ ...runtime, random }, { ...config, trace, wake })
    this.accumulator = new RecordAccumulator(random, { ...config, codec, trace })
    const { metadata, network, accumulator, completions } = this
    this.admission = new Admission(config, { accumulator, metadata, completions, trace })
    this.idempotence = config.enableIdempotence ? new Idempotence(trace) : undefined
    const { idempotence } = this
    this.sender = new Sender(random, {
      config,
      codecs,
      accumulator,
      metadata,
      network,
      idempotence,
      completions,
      trace,
    })
    const mayRebootstrap = config.metadataRecoveryStrategy === 'rebootstrap'
    this.metadataFetch = new MetadataFetch({ metadata, network }, { mayRebootstrap })
    if (idempotence !== undefined) {
      const backoff = { baseMs: config.retryBackoffMs, maxMs: config.retryBackoffMaxMs }
      this.producerIdFetch = new ProducerIdFetch(random, { idempotence, metadata, network }, backoff)
    }
    this.driver.wake()
  }

  /**
   * HOT: once per record. Accepts a record; `onCompletion` hears of it exactly once, in a later turn, never inside this
   * call. Throws InvalidRecordError for a record that nobody could send and ProducerClosedError after `close`; then
   * nothing was accepted. The bytes of key, value and headers may be used again as soon as this returns.
   */
  send(record: ProducerRecord<unknown, unknown>, onCompletion: OnCompletion): void {
    if (this.state !== 'open') throw new ProducerClosedError('send() after close()')
    checkRecord(record)
    const headers = toHeaders(record.headers)
    const { topic, key = null, value, partition, timestamp } = record
    const nowMs = this.runtime.clock.nowMs()
    const sendNumber = this.sendsAccepted++
    const fatal = this.idempotence?.fatalError
    // Differs from Java: checked before anything is queued, so that one record is never reported twice (K5).
    if (fatal !== undefined) {
      this.completions.addFailure(onCompletion, refusalOf(fatal, 'definite'))
      this.driver.wake()
      return
    }
    let keyBytes: Uint8Array | null
    let valueBytes: Uint8Array | null
    // Differs from Java: serialized before waiting for metadata, because the caller goes on and may change its objects.
    try {
      keyBytes = serialize(this.config.keySerializer, key, topic, 'key')
      valueBytes = serialize(this.config.valueSerializer, value, topic, 'value')
    } catch (error) {
      const failure = error instanceof SerializationError ? error : new SerializationError(String(error), error)
      this.completions.addFailure(onCompletion, failure)
      this.driver.wake()
      return
    }
    const timestampMs = timestamp ?? this.runtime.clock.wallMs()
    const pending: PendingSend = {
      sendNumber,
      topic,
      partition,
      key,
      value,
      encoded: { key: keyBytes, value: valueBytes, headers, timestampMs, onCompletion },
      deadlineMs: nowMs + this.config.maxBlockMs,
      waitsFor: 'nothing',
    }
    // A record that joins a batch which is already waiting for its time changes nothing for the sender.
    if (this.admission.submit(pending, nowMs) !== 'appended') this.driver.wake()
  }

  /**
   * `done` is called when every record that `send` accepted before has its outcome, and its callback has run: those that
   * wait for metadata or memory, and the parts of split batches, included. Nothing lingers meanwhile.
   * Differs from Java: there a blocked `send` has not returned yet, so flush cannot know of it; and it can return before
   * split parts are through (K2).
   */
  flush(done: () => void): void {
    if (this.state === 'closed') throw new ProducerClosedError('flush() after close()')
    this.flushes.push({ before: this.sendsAccepted, done })
    this.driver.wake()
  }

  /**
   * Accepts nothing more, sends what was accepted, then ends all connections and calls `done`; after that there is no
   * timer, no link and no callback. After `timeoutMs` (default: no limit; 0: at once) what is left fails with
   * ProducerClosedError. Called again, the shorter time counts and each `done` is called.
   * Differs from Java: records that wait for metadata or memory are sent, too, because their `send` has returned.
   */
  close(options: { readonly timeoutMs?: number | undefined }, done: () => void): void {
    const { timeoutMs = Number.POSITIVE_INFINITY } = options
    if (!(timeoutMs >= 0)) throw new ConfigError('timeoutMs', timeoutMs, 'milliseconds from 0')
    if (this.state === 'closed') {
      done()
      return
    }
    this.state = 'closing'
    this.closeDeadlineMs = Math.min(this.closeDeadlineMs, this.runtime.clock.nowMs() + timeoutMs)
    this.closed.push(done)
    this.driver.wake()
  }

  /** One turn: take in what happened, let in what waits, send what is ready, tell who is to be told. */
  poll(nowMs: number): number {
    if (this.state === 'closed') return Number.POSITIVE_INFINITY
    this.takeAnswers(nowMs)
    // Before memory that a fatal error has freed lets anybody in: what waits can never be sent either.
    const fatal = this.idempotence?.fatalError
    if (fatal !== undefined) this.admission.failAll(refusalOf(fatal, 'definite'))
    this.sender.expire(nowMs)
    this.admission.run(nowMs)
    if (this.state === 'closing' && this.isCloseDue(nowMs)) return this.finishClose()
    let next = this.metadataFetch.run(nowMs)
    next = Math.min(next, this.runProducerIdFetch(nowMs))
    next = Math.min(next, this.sender.run(nowMs, { isHurried: this.isHurried }))
    this.finishFlushes()
    this.completions.run()
    // A callback may have closed the producer, but never inside its own call: that is for the next turn.
    if (!this.completions.isEmpty || this.admission.canProceed) return nowMs
    if (this.state === 'closing' && this.isCloseDue(nowMs)) return nowMs
    return Math.min(next, this.network.nextDeadlineMs(), this.admission.nextDeadlineMs, this.closeDeadlineMs)
  }

  inspect(): ProducerSnapshot {
    const { accumulator, admission, idempotence, metadata, network } = this
    return {
      bufferTotalBytes: accumulator.pool.totalBytes,
      bufferAvailableBytes: accumulator.pool.availableBytes,
      bufferPooledWaiters: admission.memoryWaiters,
      blockedSends: admission.waitingCount,
      incompleteBatches: accumulator.incompleteBatches.size,
      heldBatches: accumulator.heldBatches.size - accumulator.incompleteBatches.size,
      inFlightRequests: network.inFlightRequests,
      connections: network.inspect(),
      metadataVersion: metadata.updateVersion,
      topics: metadata.topicsInUse,
      producerId: idempotence?.current.producerId ?? -1n,
      producerEpoch: idempotence?.current.epoch ?? -1,
      state: this.state,
    }
  }

  /** Throws InvariantError if this producer contradicts itself. Costs time in proportion to what is queued. */
  checkInvariants(): void {
    this.accumulator.checkInvariants()
    this.idempotence?.checkInvariants()
    if (this.state !== 'closed') return
    invariant(this.accumulator.isEmpty && this.admission.waitingCount === 0, 'nothing outlives close')
    invariant(this.network.inFlightRequests === 0 && this.completions.isEmpty, 'nobody waits after close')
  }

  private get isHurried(): boolean {
    return this.state !== 'open' || this.flushes.length > 0 || this.admission.memoryWaiters > 0
  }

  private takeAnswers(nowMs: number): void {
    const { answers, hasLost } = this.network.poll(nowMs)
    if (hasLost) this.metadata.requestUpdate()
    for (const answer of answers) {
      switch (answer.request.context.kind) {
        case 'produce':
          this.sender.settle(answer, nowMs)
          break
        case 'metadata':
          this.metadataFetch.settle(answer, nowMs)
          break
        case 'init-producer-id':
          this.refuse(this.producerIdFetch?.settle(answer, nowMs))
          break
      }
    }
  }

  private runProducerIdFetch(nowMs: number): number {
    const { producerIdFetch, accumulator } = this
    if (producerIdFetch === undefined) return Number.POSITIVE_INFINITY
    const next = producerIdFetch.run(nowMs, { hasQueued: accumulator.hasQueued })
    if (typeof next === 'number') return next
    this.refuse(next)
    return Number.POSITIVE_INFINITY
  }

  /** No producer id: nothing that needs one can be sent. */
  private refuse(refusal: ProducerIdRefusal | undefined): void {
    if (refusal === undefined) return
    if (refusal.isFatal) this.sender.failForGood(refusal.error)
    else this.sender.failAll(refusal.error)
    this.admission.failAll(refusalOf(refusal.error, 'definite'))
  }

  private finishFlushes(): void {
    if (this.flushes.length === 0) return
    while (this.flushes.length > 0 && !this.isOutstandingBefore(this.flushes[0]!.before)) {
      this.completions.addDone(this.flushes.shift()!.done)
    }
  }

  /** Whether a send with a smaller number has no outcome. While one has none, the oldest batch tells at once. */
  private isOutstandingBefore(sendNumber: number): boolean {
    if ((this.admission.firstWaiting ?? Number.POSITIVE_INFINITY) < sendNumber) return true
    for (const { firstSend } of this.accumulator.incompleteBatches) if (firstSend < sendNumber) return true
    return false
  }

  private isCloseDue(nowMs: number): boolean {
    return nowMs >= this.closeDeadlineMs || (this.accumulator.isEmpty && this.admission.waitingCount === 0)
  }

  private finishClose(): number {
    const forced = !this.accumulator.isEmpty || this.admission.waitingCount > 0
    this.sender.abortForClose()
    this.admission.failAll(new ProducerClosedError('The producer was closed before the record was sent'))
    this.network.close()
    this.state = 'closed'
    this.driver.close()
    this.finishFlushes()
    this.config.partitionerClass?.close?.()
    this.trace?.({ event: 'closed', forced })
    for (const done of this.closed.splice(0)) this.completions.addDone(done)
    // A callback of this turn cannot send any more, so this loop ends.
    while (!this.completions.isEmpty) this.completions.run()
    return Number.POSITIVE_INFINITY
  }
}

function codecFor(config: ParsedProducerConfig, codecs: CompressionCodecs): CompressionCodec | undefined {
  if (config.compressionType === 'none') return undefined
  const codec = codecs[config.compressionType]
  const offered = Object.keys(codecs).join(', ')
  if (codec === undefined)
    throw new ConfigError('compression.type', config.compressionType, `${offered} on this platform`)
  return codec
}

function serialize(
  serializer: Serializer<unknown>,
  data: unknown,
  topic: string,
  what: 'key' | 'value',
): Uint8Array | null {
  if (data === null || data === undefined) return null
  let bytes: unknown
  try {
    bytes = serializer(data, topic)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SerializationError(`the ${what} of a record for ${topic} cannot be serialized: ${reason}`, error)
  }
  if (bytes === null || bytes instanceof Uint8Array) return bytes
  throw new SerializationError(
    `the ${what} serializer returned ${typeof bytes} for a record for ${topic}, not a Uint8Array`,
  )
}
