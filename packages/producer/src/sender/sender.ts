import { kafkaErrors, produce } from '@harrow/protocol'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import type { NodeWork, RecordAccumulator } from '../accumulator/record-accumulator.ts'
import type { ParsedProducerConfig } from '../config.ts'
import type { Idempotence } from '../idempotence/idempotence.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { NetworkClient } from '../network/network-client.ts'
import type { Trace } from '../trace.ts'
import { produceRequest, produceVersion } from './produce-request.ts'
import type { RequestContext } from './request-context.ts'
import type { Settlement } from './settlement.ts'

export interface SenderParts {
  readonly config: ParsedProducerConfig
  readonly accumulator: RecordAccumulator
  readonly metadata: Metadata
  readonly network: NetworkClient<RequestContext>
  /** Undefined without `enable.idempotence`. */
  readonly idempotence: Idempotence | undefined
  readonly settlement: Settlement
  readonly trace: Trace | undefined
}

/** The back driver: one turn drains what is ready and sends it; answers go to `Settlement`. Java's Sender.sendProducerData. */
export class Sender {
  private readonly parts: SenderParts
  /** One batch per partition at a time: with one request in flight, order needs no sequences. */
  private readonly mutes: boolean

  constructor(parts: SenderParts) {
    this.parts = parts
    this.mutes = parts.config.maxInFlightRequestsPerConnection === 1
  }

  /** Sends what is ready; returns when to look again without an event. */
  run(nowMs: number, options: { readonly isHurried: boolean }): number {
    const { accumulator, metadata, network, idempotence } = this.parts
    idempotence?.resolve()
    const { work, heldUp, nextCheckMs, topicsWithoutLeader } = accumulator.ready(metadata.cluster, nowMs, options)
    for (const topic of topicsWithoutLeader) {
      metadata.use(topic, nowMs)
      metadata.requestUpdate()
    }
    for (const node of heldUp) accumulator.availability.note(node, { hasTaken: false, nowMs })
    let next = nextCheckMs
    for (const one of work) {
      const isReady = network.ready(one.node, nowMs)
      const hasTaken = isReady && this.sendTo(one, nowMs)
      accumulator.availability.note(one.node.id, { hasTaken, nowMs })
      // There may be more to send to this node; the next turn finds out.
      if (hasTaken) next = nowMs
      else if (!isReady) next = Math.min(next, network.readyAgainMs(one.node, nowMs))
    }
    const oldest = accumulator.incompleteBatches.first?.item
    return oldest === undefined ? next : Math.min(next, oldest.deadlineMs)
  }

  private sendTo(work: NodeWork, nowMs: number): boolean {
    const { accumulator, network, config, idempotence, metadata } = this.parts
    const { node } = work
    const batches = accumulator.drain(work, {
      bytesMax: config.maxRequestSize,
      take(batch) {
        if (idempotence?.mayDrain(batch) === false) return undefined
        idempotence?.stamp(batch)
        return batch.seal().length
      },
    })
    if (batches.length === 0) return false
    const { cluster } = metadata
    for (const batch of batches) {
      if (this.mutes) accumulator.setMuted(batch, true)
      batch.leaderEpochWhenSent = cluster.leaderOf(batch.topic, batch.partition)?.leaderEpoch
      this.trackRatio(batch)
      this.traceDrained(batch, node.id, nowMs)
    }
    const negotiated = network.versionOf(node, produce)
    const versionMin = produce.versions.min
    const { compressionType } = config
    const version =
      negotiated === undefined
        ? undefined
        : produceVersion(negotiated, batches, { cluster, versionMin, compressionType })
    if (version === undefined) {
      const outcome = {
        error: kafkaErrors.UNSUPPORTED_VERSION,
        because: `node ${node.id} offers no version of Produce that fits`,
      }
      for (const batch of batches) {
        // The first of them is the end of all when this is fatal.
        if (!batch.isDone) this.parts.settlement.settleBatch(batch, outcome, nowMs)
      }
      return true
    }
    const body = produceRequest(batches, { cluster, acks: config.acks, timeoutMs: config.requestTimeoutMs })
    for (const batch of batches) batch.isInRequest = true
    const context = { kind: 'produce', batches, cluster } as const
    network.send(node, { api: produce, version, body, context, expectsResponse: config.acks !== 0 }, nowMs)
    return true
  }

  /** HOT: once per batch. */
  private traceDrained(batch: ProducerBatch, node: number, nowMs: number): void {
    const { recordCount: records, attempts: attempt, recordBytesMax } = batch
    const bytes = batch.seal().length
    const queuedMs = nowMs - batch.createdMs
    const { compressionRatio, id, topic, partition, baseSequence: sequence, producerEpoch: epoch } = batch
    // One literal: objects joined by spreading cost microseconds each, and there is one for every batch.
    this.parts.trace?.({
      event: 'batch-drained',
      batch: id,
      topic,
      partition,
      sequence,
      epoch,
      node,
      records,
      bytes,
      attempt,
      queuedMs,
      compressionRatio,
      recordBytesMax,
    })
  }

  /** What a batch came to when it was closed tells how the next ones of the topic compress. */
  private trackRatio(batch: ProducerBatch): void {
    const { accumulator, config } = this.parts
    if (batch.attempts > 0 || config.compressionType === 'none') return
    batch.seal()
    accumulator.ratios.observe(batch.topic, batch.compressionRatio)
  }
}
