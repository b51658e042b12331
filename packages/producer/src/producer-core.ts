import { type Header, invariant } from '@harrow/protocol'
import { type Core, Driver, type Runtime } from '@harrow/runtime'
import type { TellInGroups, Told } from './accumulator/outcome-group.ts'
import { pendingSend } from './admission/pending-send.ts'
import type { ParsedProducerConfig } from './config.ts'
import { ConfigError, ProducerClosedError, type ProducerError, type SerializationError } from './errors.ts'
import type { Metric } from './metrics/metric.ts'
import type { OnPartitions } from './partition-lookups.ts'
import { type ProducerCoreOptions, type ProducerParts, producerParts } from './producer-parts.ts'
import { type ProducerSnapshot, snapshotOf } from './producer-snapshot.ts'
import { checkRecord, checkTopic, type OnCompletion, type ProducerRecord } from './record.ts'
import type { PreparedRecord, SerializedParts } from './record-encoder.ts'
import { refusalOf } from './sender/batch-errors.ts'
import type { ProducerIdRefusal } from './sender/producer-id-fetch.ts'
import { isSerialized } from './serializers/serialize.ts'

/** The number of a send that waits for nothing. */
const noSend = -1

/**
 * The front driver, and the owner of everything: joins the caller's turn (record, serializer, partitioner, accumulator)
 * to the core's turn (accumulator, network). Synchronous; promises begin in producer.ts.
 */
export class ProducerCore implements Core {
  private readonly runtime: Runtime
  private readonly config: ParsedProducerConfig
  private readonly driver: Driver
  private readonly parts: ProducerParts
  private sendsAccepted = 0
  private readonly drains: (() => void)[] = []
  private state: ProducerSnapshot['state'] = 'open'
  private closeDeadlineMs = Number.POSITIVE_INFINITY
  private readonly closed: (() => void)[] = []

  /** Starts at once: connects to a bootstrap server and asks for metadata, as Java does. Throws ConfigError. */
  constructor(runtime: Runtime, config: ParsedProducerConfig, options: ProducerCoreOptions = {}) {
    this.runtime = runtime
    this.config = config
    this.driver = new Driver(runtime.clock, this)
    this.parts = producerParts(runtime, config, options, () => this.driver.wake())
    this.driver.wake()
  }

  /**
   * HOT: once per record. Accepts a record; `onCompletion` hears of it exactly once, in a later turn, never inside this
   * call. Returns the running number of the send, for `withdraw`, or -1 if it has failed. Throws InvalidRecordError for a record that nobody
   * could send and ProducerClosedError after `close`; then nothing was accepted. The bytes of key, value and headers may
   * be used again as soon as this returns.
   */
  send(record: ProducerRecord<unknown, unknown>, onCompletion: OnCompletion): number {
    const { interceptors } = this.parts
    if (interceptors.isEmpty || this.state !== 'open') return this.accept(record, onCompletion) as number
    const intercepted = interceptors.onSend(record)
    try {
      return this.accept(intercepted, interceptors.around(intercepted, onCompletion)) as number
    } catch (error) {
      interceptors.onAcknowledgement(intercepted, undefined, error as ProducerError)
      throw error
    }
  }

  /**
   * HOT: once per record. `send` for who has no callback for each record: returns who is told of this one, one of the groups
   * or callbacks that `tell` makes. Throws what `send` throws, which is its plain form.
   */
  sendInGroup(record: ProducerRecord<unknown, unknown>, tell: TellInGroups): Told {
    if (this.parts.interceptors.isEmpty) return this.accept(record, tell) as Told
    const onCompletion = tell.alone()
    this.send(record, onCompletion)
    return onCompletion
  }

  /** With a callback the number of the send; without, who is told. */
  private accept(record: ProducerRecord<unknown, unknown>, tell: OnCompletion | TellInGroups): number | Told {
    if (this.state !== 'open') throw new ProducerClosedError('send() after close()')
    checkRecord(record)
    const { encoder, admission, idempotence } = this.parts
    const { topic } = record
    const ownHeaders = encoder.headersOf(record)
    const fatal = idempotence?.fatalError
    // Differs from Java: checked before anything is queued, so that one record is never reported twice (K5).
    if (fatal !== undefined) return this.refuseSend(record, tell, refusalOf(fatal, { topic }))
    const timestampMs = encoder.timestampOf(record)
    let key: Uint8Array | null = null
    let value: Uint8Array | null = null
    let headers: readonly Header[] = ownHeaders
    let later: SerializedParts | undefined
    // Differs from Java: before waiting for metadata, because the caller goes on and may change its objects.
    try {
      const keyOrLater = encoder.keyOf(record, ownHeaders)
      const valueOrLater = encoder.valueOf(record, ownHeaders)
      if (isSerialized(keyOrLater) && isSerialized(valueOrLater)) {
        key = keyOrLater
        value = valueOrLater
        headers = encoder.completeHeaders(ownHeaders)
      } else later = { key: keyOrLater, value: valueOrLater, headers: ownHeaders }
    } catch (error) {
      return this.refuseSend(record, tell, error as SerializationError)
    }
    // Only now: a serializer may have called `send` itself, and that one comes first.
    const sendNumber = this.sendsAccepted++
    if (later === undefined) {
      const joined = admission.join(topic, record.partition, key, value, headers, timestampMs, tell)
      if (joined !== undefined) {
        // A record that joins a batch which is already waiting for its time changes nothing for the sender.
        if (joined !== 'appended') this.driver.wake()
        return typeof tell === 'function' ? sendNumber : this.parts.accumulator.joinedGroup
      }
    }
    // Into a new batch, or to those that wait.
    const onCompletion = typeof tell === 'function' ? tell : tell.alone()
    const encoded: PreparedRecord =
      later === undefined
        ? { key, value, headers, timestampMs, onCompletion, serialization: undefined }
        : encoder.prepareLater(topic, later, timestampMs, onCompletion)
    if (admission.submit(pendingSend(record, sendNumber, encoded)) !== 'appended') this.driver.wake()
    return typeof tell === 'function' ? sendNumber : onCompletion
  }

  /** Its callback hears of it in a later turn. */
  private refuseSend(
    { topic }: ProducerRecord<unknown, unknown>,
    tell: OnCompletion | TellInGroups,
    error: ProducerError,
  ): number | Told {
    const onCompletion = typeof tell === 'function' ? tell : tell.alone()
    this.parts.trace({ event: 'send-failed', topic, because: error.code })
    this.parts.completions.addFailure(onCompletion, error)
    this.driver.wake()
    return typeof tell === 'function' ? noSend : onCompletion
  }

  /**
   * Takes back a record that is in no batch yet; it fails with `error`, in a later turn. False: it is in a batch, or has
   * its outcome.
   */
  withdraw(sendNumber: number, error: ProducerError): boolean {
    const wasWaiting = this.parts.admission.withdraw(sendNumber, error, this.runtime.clock.nowMs())
    if (wasWaiting) this.driver.wake()
    return wasWaiting
  }

  /**
   * Looks up the partitions of a topic, waiting up to `max.block.ms` for metadata; `onPartitions` hears exactly once, in a
   * later turn. Returns how to take the question back: then it hears nothing, unless the answer is false. Throws
   * InvalidRecordError for what is no topic, ProducerClosedError after `close`.
   */
  partitionsFor(topic: string, onPartitions: OnPartitions): () => boolean {
    if (this.state !== 'open') throw new ProducerClosedError('partitionsFor() after close()')
    checkTopic(topic)
    const takeBack = this.parts.partitionLookups.add(topic, onPartitions, this.runtime.clock.nowMs())
    this.driver.wake()
    return takeBack
  }

  /**
   * Enough is under way, or the next record might have to wait for memory: call `onDrain` and wait. Who does never holds
   * more than `buffer.memory`. Costs nothing to ask.
   */
  get needsDrain(): boolean {
    return this.state === 'open' && this.parts.backpressure.isHigh
  }

  /** `close` was called: nothing more is accepted. */
  get isClosed(): boolean {
    return this.state !== 'open'
  }

  /** `done` is called, in a later turn, as soon as there is room for more than a few records. Nothing lingers meanwhile. */
  onDrain(done: () => void): void {
    if (this.state === 'closed') {
      done()
      return
    }
    this.drains.push(done)
    this.driver.wake()
  }

  /** Kafka's metrics, as they are now. */
  readMetrics(): Metric[] {
    return this.parts.metrics.read()
  }

  /**
   * `done` is called when every record that `send` accepted before has its outcome, and its callback has run: those that
   * wait for metadata or memory, and the parts of split batches, included. Nothing lingers meanwhile.
   * Differs from Java: there a blocked `send` has not returned yet, so flush cannot know of it; and it can return before
   * split parts are through (K2).
   */
  flush(done: () => void): void {
    if (this.state === 'closed') throw new ProducerClosedError('flush() after close()')
    this.parts.flushes.add({ before: this.sendsAccepted, startMs: this.runtime.clock.nowMs(), done })
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
    const { admission, completions, metadata, metadataFetch, partitionLookups } = this.parts
    // Differs from Java, which expires first: an answer that is here is the truth, even if it is late by one turn.
    this.takeAnswers(nowMs)
    // Before memory that a fatal error has freed lets anybody in: what waits can never be sent either.
    const fatal = this.parts.idempotence?.fatalError
    if (fatal !== undefined) admission.failAll(refusalOf(fatal), nowMs)
    this.parts.settlement.expire(nowMs)
    admission.run(nowMs)
    partitionLookups.run(nowMs)
    if (this.state === 'closing' && this.isCloseDue(nowMs)) return this.finishClose(nowMs)
    let next = metadataFetch.run(nowMs)
    next = Math.min(next, this.runProducerIdFetch(nowMs))
    next = Math.min(next, this.parts.sender.run(nowMs, { isHurried: this.isHurried }))
    // Once more, because the sender may have found partitions without a leader; before it, because brokers that are always
    // busy with records would never be asked.
    next = Math.min(next, metadataFetch.run(nowMs))
    const refusal = metadata.takeRefusal()
    if (refusal !== undefined) {
      admission.failAll(refusalOf(refusal), nowMs)
      partitionLookups.failAll(refusalOf(refusal))
    }
    this.parts.flushes.finish(nowMs)
    completions.run()
    this.finishDrains()
    // A callback may have closed the producer, but never inside its own call: that is for the next turn.
    if (!completions.isEmpty || admission.canProceed) return nowMs
    if (this.state === 'closing' && this.isCloseDue(nowMs)) return nowMs
    next = Math.min(next, this.parts.network.nextDeadlineMs(), this.closeDeadlineMs)
    return Math.min(next, admission.nextDeadlineMs, partitionLookups.nextDeadlineMs)
  }

  inspect(): ProducerSnapshot {
    return snapshotOf({ ...this.parts, state: this.state })
  }

  /** Like `inspect().bufferAvailableBytes`, for whoever looks often. */
  get bufferAvailableBytes(): number {
    return this.parts.accumulator.pool.availableBytes
  }

  /** Throws InvariantError if this producer contradicts itself. Costs time in proportion to what is queued. */
  checkInvariants(): void {
    const { accumulator, admission, completions, idempotence, network, partitionLookups } = this.parts
    accumulator.checkInvariants()
    idempotence?.checkInvariants()
    if (this.state !== 'closed') return
    invariant(accumulator.isEmpty && admission.waitingCount === 0, 'nothing outlives close')
    invariant(partitionLookups.waitingCount === 0, 'no question outlives close')
    invariant(admission.waitingBytes === 0, 'nothing is counted after close')
    invariant(network.inFlightRequests === 0 && completions.isEmpty, 'nobody waits after close')
  }

  private get isHurried(): boolean {
    return (
      this.state !== 'open' ||
      !this.parts.flushes.isEmpty ||
      this.drains.length > 0 ||
      this.parts.admission.memoryWaiters > 0
    )
  }

  private takeAnswers(nowMs: number): void {
    const { answers, hasLost } = this.parts.network.poll(nowMs)
    if (hasLost) this.parts.metadata.requestUpdate()
    for (const answer of answers) {
      switch (answer.request.context.kind) {
        case 'produce':
          this.parts.settlement.settle(answer, nowMs)
          break
        case 'metadata':
          this.parts.metadataFetch.settle(answer, nowMs)
          break
        case 'init-producer-id':
          this.refuse(this.parts.producerIdFetch?.settle(answer, nowMs))
          break
      }
    }
  }

  private runProducerIdFetch(nowMs: number): number {
    const { producerIdFetch, accumulator } = this.parts
    if (producerIdFetch === undefined) return Number.POSITIVE_INFINITY
    const next = producerIdFetch.run(nowMs, { hasQueued: accumulator.hasQueued })
    if (typeof next === 'number') return next
    this.refuse(next)
    return Number.POSITIVE_INFINITY
  }

  /** No producer id: nothing that needs one can be sent. */
  private refuse(refusal: ProducerIdRefusal | undefined): void {
    if (refusal === undefined) return
    if (refusal.isFatal) this.parts.settlement.failForGood(refusal.error)
    else this.parts.settlement.failAll(refusal.error)
    this.parts.admission.failAll(refusalOf(refusal.error), this.runtime.clock.nowMs())
  }

  private finishDrains(): void {
    if (this.drains.length === 0 || (this.state === 'open' && !this.parts.backpressure.isOver)) return
    for (const done of this.drains.splice(0)) this.parts.completions.addDone(done)
  }

  private isCloseDue(nowMs: number): boolean {
    const { accumulator, admission } = this.parts
    return nowMs >= this.closeDeadlineMs || (accumulator.isEmpty && admission.waitingCount === 0)
  }

  private finishClose(nowMs: number): number {
    const { accumulator, admission, completions, flushes, interceptors, network } = this.parts
    const { partitionLookups, settlement, trace } = this.parts
    const forced = !accumulator.isEmpty || admission.waitingCount > 0
    settlement.abortForClose()
    admission.failAll(new ProducerClosedError('The producer was closed before the record was sent'), nowMs)
    partitionLookups.failAll(new ProducerClosedError('The producer was closed before it knew the partitions'))
    network.close()
    this.state = 'closed'
    this.driver.close()
    flushes.finish(nowMs)
    this.finishDrains()
    // Interceptors hear of the last records before they are closed. A callback of this turn cannot send any more, so
    // this loop ends.
    while (!completions.isEmpty) completions.run()
    interceptors.close()
    const { partitionerClass, keySerializer, valueSerializer } = this.config
    for (const part of [partitionerClass, keySerializer, valueSerializer]) {
      completions.addDone(() => part?.close?.())
    }
    trace({ event: 'closed', forced })
    for (const done of this.closed.splice(0)) completions.addDone(done)
    while (!completions.isEmpty) completions.run()
    return Number.POSITIVE_INFINITY
  }
}
