import { type CompressionCodec, type Header, readBatchHeader, readRecords, zeroUuid } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { type Random, seededRandom } from '@harrow/runtime'
import type { BatchResult, ProducerBatch } from '../src/accumulator/producer-batch.ts'
import {
  type AccumulatorOptions,
  type AppendResult,
  type NodeWork,
  type ReadyCheck,
  RecordAccumulator,
} from '../src/accumulator/record-accumulator.ts'
import { Cluster } from '../src/metadata/cluster.ts'
import type { OnCompletion } from '../src/record.ts'

const utf8 = new TextEncoder()
const text = new TextDecoder()

/** Topic `t`; partition p is led by node `leaders[p]`, at epoch `epoch`; -1 is no leader. */
export function clusterOf(leaders: readonly number[], epoch: number | undefined = 0): Cluster {
  const ids = [...new Set(leaders)].filter((id) => id >= 0)
  const nodes = new Map(ids.map((id) => [id, { id, host: `broker-${id}`, port: 9092 }]))
  const partitions = leaders.map((leaderId) => ({ leaderId, leaderEpoch: epoch }))
  return new Cluster({ clusterId: null, nodes, topics: new Map([['t', { topicId: zeroUuid, partitions }]]) })
}

/** Gives the numbers of a list in turn, whatever is asked. */
export function scriptedRandom(numbers: readonly number[]): Random {
  let next = 0
  const random: Random = {
    below: (limit) => numbers[next++ % numbers.length]! % limit,
    unit: () => 0.5,
    belowAt: (index, limit) => numbers[index % numbers.length]! % limit,
    fork: () => random,
  }
  return random
}

/** An accumulator, the cluster it is told of, and the sender's part: batches are drained, put back and finished by hand. */
export class AccumulatorFixture {
  readonly accumulator: RecordAccumulator
  cluster: Cluster

  constructor(
    options: Partial<AccumulatorOptions> = {},
    cluster: Cluster = clusterOf([1, 1, 2, 2]),
    random: Random = seededRandom(1),
  ) {
    this.cluster = cluster
    this.accumulator = new RecordAccumulator(random, {
      batchSize: 200,
      lingerMs: 10,
      bufferMemory: 10_000,
      deliveryTimeoutMs: 1_000,
      partitionerAdaptivePartitioningEnable: true,
      partitionerAvailabilityTimeoutMs: 0,
      codec: undefined,
      trace: undefined,
      ...options,
    })
  }

  append(
    partition: number | undefined,
    at: {
      nowMs?: number
      bytes?: number
      value?: string | Uint8Array
      headers?: readonly Header[]
      onCompletion?: OnCompletion
    } = {},
  ): AppendResult {
    const { value = 'x'.repeat(at.bytes ?? 10), onCompletion = () => {}, headers = [] } = at
    const bytes = typeof value === 'string' ? utf8.encode(value) : value
    const record = { key: null, value: bytes, headers, timestampMs: 0, onCompletion }
    const { cluster } = this
    return this.accumulator.append(record, { topic: 't', partition, sendNumber: 0, cluster, nowMs: at.nowMs ?? 0 })
  }

  ready(nowMs: number, isHurried = false): ReadyCheck {
    return this.accumulator.ready(this.cluster, nowMs, { isHurried })
  }

  /** Nodes that must not wait. */
  readyNodes(nowMs: number, isHurried = false): number[] {
    return this.ready(nowMs, isHurried).work.map(({ node }) => node.id)
  }

  /** What a node would be sent. */
  take(node: number, nowMs: number, options: { bytesMax?: number; isHurried?: boolean } = {}): ProducerBatch[] {
    const { bytesMax = 1_000_000, isHurried = false } = options
    const work = this.ready(nowMs, isHurried).work.find((one) => one.node.id === node)
    return work === undefined ? [] : this.takeOf(work, bytesMax)
  }

  takeOf(work: NodeWork, bytesMax = 1_000_000): ProducerBatch[] {
    const batches = this.accumulator.drain(work, { bytesMax, take: (batch) => batch.seal().length })
    this.accumulator.checkInvariants()
    return batches
  }

  /** Partitions of what a node would be sent. */
  drain(node: number, nowMs: number, bytesMax?: number): number[] {
    return this.take(node, nowMs, bytesMax === undefined ? {} : { bytesMax }).map(({ partition }) => partition)
  }

  /** As after a failed attempt. */
  retry(batch: ProducerBatch, options: { retryAtMs: number; leaderEpoch?: number | undefined }): void {
    batch.attempts++
    batch.retryAtMs = options.retryAtMs
    batch.leaderEpochWhenSent = options.leaderEpoch
    this.accumulator.putBack(batch)
    this.accumulator.checkInvariants()
  }

  finish(batch: ProducerBatch, result: BatchResult = { kind: 'success', baseOffset: 0n, logAppendTimeMs: -1 }): void {
    this.accumulator.removeQueued(batch)
    batch.finish(result)
    for (const done of this.accumulator.settle(batch)) done.complete((callback, ...args) => callback(...args))
    this.accumulator.free(batch)
    this.accumulator.checkInvariants()
  }

  get batches(): ProducerBatch[] {
    return [...this.accumulator.incompleteBatches]
  }

  get availableBytes(): number {
    return this.accumulator.pool.availableBytes
  }
}

/** What a broker would read. */
export function valuesOf(batch: ProducerBatch): string[] {
  return readRecords(readBatchHeader(batch.seal()), nodeCodecs).map(({ value }) =>
    text.decode(value ?? new Uint8Array(0)),
  )
}

/** Takes the first `ratio` of what it is given for the whole: how well records compress is what the test says. */
export function codecOf(ratio: (bytes: Uint8Array) => number): CompressionCodec {
  return {
    ...nodeCodecs.lz4,
    compress: (bytes) => bytes.slice(0, Math.ceil(bytes.length * ratio(bytes))),
  }
}
