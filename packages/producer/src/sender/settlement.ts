import {
  type CompressionCodecs,
  errorByCode,
  type KafkaErrorRow,
  kafkaErrors,
  type produce,
  type ResponseOf,
} from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import type { RecordAccumulator } from '../accumulator/record-accumulator.ts'
import { exponentialBackoffMs } from '../backoff.ts'
import type { Completions } from '../completions.ts'
import type { ParsedProducerConfig } from '../config.ts'
import {
  type Certainty,
  ProducerClosedError,
  type ProducerError,
  type ProducerErrorOptions,
  TimeoutError,
} from '../errors.ts'
import type { Idempotence } from '../idempotence/idempotence.ts'
import type { LeaderHint, Metadata } from '../metadata/metadata.ts'
import type { Answer } from '../network/connection.ts'
import type { Trace } from '../trace.ts'
import { errorsOf, refusalOf } from './batch-errors.ts'
import { answersByBatch, type PartitionAnswer } from './produce-request.ts'
import type { ProduceContext, RequestContext } from './request-context.ts'
import { split } from './split.ts'
import { judge, mayBeAppendedAfter, type Verdict } from './verdict.ts'

export interface SettlementParts {
  readonly config: ParsedProducerConfig
  readonly codecs: CompressionCodecs
  readonly accumulator: RecordAccumulator
  readonly metadata: Metadata
  /** Undefined without `enable.idempotence`. */
  readonly idempotence: Idempotence | undefined
  readonly completions: Completions
  readonly trace: Trace | undefined
}

/** Why a batch has its answer. */
export interface Outcome {
  /** Undefined: success. */
  readonly error: KafkaErrorRow | undefined
  readonly answer?: PartitionAnswer | undefined
  /** For messages, where no broker said anything. */
  readonly because?: string
}

/**
 * What becomes of batches: answered, out of time or given up; told to their callers, sent again, or split. The other half
 * of Java's Sender (handleProduceResponse, completeBatch, failBatch, reenqueueBatch).
 */
export class Settlement {
  private readonly parts: SettlementParts
  private readonly random: Random

  constructor(random: Random, parts: SettlementParts) {
    this.random = random
    this.parts = parts
  }

  /** Fails what is out of time. Before anything else, so that its memory can be used in the same turn. */
  expire(nowMs: number): void {
    const { incompleteBatches } = this.parts.accumulator
    for (;;) {
      const oldest = incompleteBatches.first?.item
      if (oldest === undefined || oldest.deadlineMs > nowMs) return
      this.expireBatch(oldest, nowMs)
    }
  }

  /** Everything about one ended request. */
  settle(answer: Answer<RequestContext>, nowMs: number): void {
    const { context } = answer.request
    if (context.kind !== 'produce') return
    const { batches } = context
    switch (answer.kind) {
      case 'written':
        for (const batch of batches) this.settleBatch(batch, { error: undefined }, nowMs)
        return
      case 'disconnected': {
        const error = answer.timedOut ? kafkaErrors.REQUEST_TIMED_OUT : kafkaErrors.NETWORK_EXCEPTION
        for (const batch of batches) {
          // No broker has said anything. As in Java, delivery.timeout.ms comes first, however late the timers of both are.
          if (!batch.isDone && nowMs >= batch.deadlineMs) this.expireBatch(batch, nowMs)
          this.settleBatch(batch, { error, because: answer.because }, nowMs)
        }
        return
      }
      case 'response':
        this.settleResponse(context, answer.body as ResponseOf<typeof produce>, nowMs)
    }
  }

  /** One batch of a request that has ended, or that no request could take. */
  settleBatch(batch: ProducerBatch, outcome: Outcome, nowMs: number): void {
    const { accumulator, idempotence, metadata, config } = this.parts
    const { error } = outcome
    batch.isInRequest = false
    if (error !== undefined && mayBeAppendedAfter(error)) batch.mayBeInLog = true
    if (error?.refreshMetadata) metadata.requestUpdate()
    // Muted or not: the next one may leave.
    accumulator.setMuted(batch, false)
    const verdict = judge({
      error,
      recordCount: batch.recordCount,
      attempts: batch.attempts,
      retries: config.retries,
      isExpired: nowMs >= batch.deadlineMs,
      isIdempotent: idempotence !== undefined,
      mayBeInLog: batch.mayBeInLog,
      isFirstInFlight: idempotence?.isFirstInFlight(batch) ?? true,
      mayBeForgotten: idempotence?.mayBeForgotten(batch) ?? false,
      isLogStartKnown: outcome.answer !== undefined && outcome.answer.logStartOffset !== -1n,
    })
    if (batch.isDone) this.settleLate(batch, verdict)
    else this.carryOut(batch, verdict, outcome, nowMs)
  }

  /** Fails every batch: a fatal error, or a forced close. */
  abortAll(errorOf: (options: ProducerErrorOptions) => ProducerError): void {
    for (const batch of [...this.parts.accumulator.incompleteBatches]) {
      const certainty = certaintyOf(batch)
      const { topic, partition, recordCount: records } = batch
      const error = errorOf({ certainty, topic, partition, attempts: sendsOf(batch) })
      this.parts.trace?.({ event: 'batch-failed', ...batch.identity, records, because: error.code, certainty })
      this.abandon(batch, error, certainty)
    }
  }

  /** A forced close: no answer will come any more. */
  abortForClose(): void {
    const requests = [...this.parts.accumulator.heldBatches].filter((batch) => batch.isInRequest)
    this.abortAll(
      (options) => new ProducerClosedError('The producer was closed before the record was acknowledged', options),
    )
    for (const batch of requests) {
      batch.isInRequest = false
      this.parts.accumulator.free(batch)
    }
  }

  private expireBatch(batch: ProducerBatch, nowMs: number): void {
    const certainty = certaintyOf(batch)
    const { topic, partition, recordCount } = batch
    const sends = sendsOf(batch)
    const sent = sends === 0 ? 'it was never sent' : `it was sent ${sends} times`
    const error = new TimeoutError(
      'DELIVERY_TIMEOUT',
      `Expiring ${recordCount} record(s) for ${topic}-${partition}: ${nowMs - batch.createdMs} ms have passed since batch creation; ` +
        `${sent} (delivery.timeout.ms = ${this.parts.config.deliveryTimeoutMs})`,
      { certainty, topic, partition, attempts: sends },
    )
    this.parts.trace?.({ event: 'batch-expired', ...batch.identity, records: recordCount, certainty })
    this.abandon(batch, error, certainty)
  }

  private settleResponse(context: ProduceContext, response: ResponseOf<typeof produce>, nowMs: number): void {
    const { metadata } = this.parts
    const { batches } = context
    const answers = answersByBatch(batches, response, context.cluster)
    let hints: LeaderHint[] | undefined
    for (let index = 0; index < batches.length; index++) {
      const batch = batches[index]!
      const answer = answers[index]
      if (answer === undefined) {
        const because = 'the answer leaves this partition out'
        this.settleBatch(batch, { error: kafkaErrors.NETWORK_EXCEPTION, because }, nowMs)
        continue
      }
      const error = answer.errorCode === 0 ? undefined : errorByCode(answer.errorCode)
      if (error?.name === 'NOT_LEADER_OR_FOLLOWER' || error?.name === 'FENCED_LEADER_EPOCH') {
        hints ??= []
        hints.push({ topic: batch.topic, partition: batch.partition, ...answer.currentLeader })
      }
      this.settleBatch(batch, { error, answer }, nowMs)
    }
    if (hints === undefined) return
    const endpoints = response.nodeEndpoints.map(({ nodeId, host, port }) => ({ id: nodeId, host, port }))
    metadata.applyLeaderHints(hints, endpoints)
  }

  /** The caller was told long ago; what is left to learn is whether its numbers are in the log. */
  private settleLate(batch: ProducerBatch, verdict: Verdict): void {
    const { accumulator, idempotence } = this.parts
    if (verdict.do === 'complete') idempotence?.acknowledge(batch)
    else idempotence?.giveUp(batch, batch.mayBeInLog ? 'maybe' : 'definite')
    if (verdict.do === 'fail' && verdict.leavesEpoch) idempotence?.leaveEpoch(batch)
    accumulator.free(batch)
  }

  private carryOut(batch: ProducerBatch, verdict: Verdict, outcome: Outcome, nowMs: number): void {
    switch (verdict.do) {
      case 'complete':
        this.complete(batch, outcome.answer)
        break
      case 'retry':
        this.retry(batch, verdict, outcome, nowMs)
        break
      case 'split':
        this.splitUp(batch)
        break
      case 'fail':
        this.fail(batch, verdict, outcome)
        break
    }
  }

  private complete(batch: ProducerBatch, answer: PartitionAnswer | undefined): void {
    const { accumulator, idempotence, completions, trace } = this.parts
    const baseOffset = answer === undefined || answer.errorCode !== 0 ? -1n : answer.baseOffset
    const logAppendTimeMs = answer === undefined || answer.errorCode !== 0 ? -1 : Number(answer.logAppendTimeMs)
    idempotence?.acknowledge(batch)
    batch.finish({ kind: 'success', baseOffset, logAppendTimeMs })
    if (trace !== undefined) {
      const { id, topic, partition, baseSequence: sequence, producerEpoch: epoch, recordCount: records } = batch
      trace({ event: 'batch-completed', batch: id, topic, partition, sequence, epoch, records, offset: baseOffset })
    }
    for (const done of accumulator.settle(batch)) completions.addBatch(done)
    accumulator.free(batch)
  }

  private retry(
    batch: ProducerBatch,
    verdict: { readonly restartSequences: boolean },
    outcome: Outcome,
    nowMs: number,
  ): void {
    const { accumulator, idempotence, config, trace } = this.parts
    if (verdict.restartSequences) idempotence?.requestRestart(batch)
    const { retryBackoffMs: baseMs, retryBackoffMaxMs: maxMs } = config
    const afterMs = exponentialBackoffMs(this.random, { baseMs, maxMs }, batch.attempts)
    batch.attempts++
    batch.retryAtMs = nowMs + afterMs
    accumulator.putBack(batch)
    const because = outcome.error?.name ?? 'NONE'
    const { recordCount: records, attempts: attempt } = batch
    trace?.({ event: 'batch-retried', ...batch.identity, records, attempt, afterMs, because })
  }

  private splitUp(batch: ProducerBatch): void {
    const { accumulator, idempotence, codecs, trace } = this.parts
    accumulator.ratios.reset(batch.topic, batch.compressionRatio)
    const parts = split(batch, accumulator, codecs)
    idempotence?.replace(batch, parts)
    batch.finish('split')
    accumulator.replace(batch, parts)
    accumulator.free(batch)
    trace?.({ event: 'batch-split', ...batch.identity, records: batch.recordCount, parts: parts.length })
  }

  private fail(
    batch: ProducerBatch,
    verdict: { readonly isFatal: boolean; readonly leavesEpoch: boolean },
    outcome: Outcome,
  ): void {
    const { error: row = kafkaErrors.UNKNOWN_SERVER_ERROR, answer, because } = outcome
    const certainty = certaintyOf(batch)
    const errorOf = errorsOf(batch, row, { certainty, answer, because })
    const { recordCount: records } = batch
    this.parts.trace?.({ event: 'batch-failed', ...batch.identity, records, because: row.name, certainty })
    this.giveUp(batch, certainty, errorOf)
    if (verdict.leavesEpoch) this.parts.idempotence?.leaveEpoch(batch)
    if (verdict.isFatal) this.failForGood(row)
  }

  /** Nothing can succeed any more: the error of one is the error of all, now and later. */
  failForGood(row: KafkaErrorRow): void {
    const { idempotence, trace } = this.parts
    if (idempotence === undefined || idempotence.fatalError !== undefined) return
    idempotence.fail(row)
    trace?.({ event: 'fatal', because: row.name })
    this.failAll(row)
  }

  /** Fails every batch with the same refusal. */
  failAll(row: KafkaErrorRow): void {
    this.abortAll((options) => refusalOf(row, options))
  }

  /** Fails a batch that may be queued or on the wire; its memory goes back when no request holds it (K1). */
  private abandon(batch: ProducerBatch, error: ProducerError, certainty: Certainty): void {
    this.parts.accumulator.removeQueued(batch)
    this.giveUp(batch, certainty, () => error)
  }

  private giveUp(batch: ProducerBatch, certainty: Certainty, errorOf: (index: number) => ProducerError): void {
    const { accumulator, idempotence, completions } = this.parts
    // On the wire it keeps its place among the sequences until its answer, which may tell that it arrived.
    if (!batch.isInRequest) idempotence?.giveUp(batch, certainty)
    batch.finish({ kind: 'failure', errorOf })
    for (const done of accumulator.settle(batch)) completions.addBatch(done)
    if (!batch.isInRequest) accumulator.free(batch)
  }
}

/** How often it was sent, including the time of which the answer is missing. */
function sendsOf(batch: ProducerBatch): number {
  return batch.attempts + (batch.isInRequest ? 1 : 0)
}

function certaintyOf(batch: ProducerBatch): Certainty {
  return batch.mayBeInLog || batch.isInRequest ? 'maybe' : 'definite'
}
