import {
  type Api,
  BatchWriter,
  type CompressionCodec,
  type Header,
  produce,
  type RequestInput,
  type RequestOf,
  type ResponseOf,
} from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { type NetworkOptions, type SimulatedRuntime, simulatedRuntime } from '@harrow/runtime/sim'
import { type BrokerEvent, ClusterCore, type ClusterOptions } from '../src/core.ts'
import { RawClient } from './raw-client.ts'

/** A cluster in virtual time, and raw clients for it. */
export class Simulation {
  readonly runtime: SimulatedRuntime
  readonly cluster: ClusterCore
  readonly events: BrokerEvent[] = []

  constructor(options: ClusterOptions & { network?: NetworkOptions } = {}) {
    const { network, ...cluster } = options
    this.runtime = simulatedRuntime({ seed: options.seed ?? 1, network: network ?? { latencyMs: { min: 0, max: 0 } } })
    const trace = (event: BrokerEvent): void => void this.events.push(event)
    this.cluster = new ClusterCore(this.runtime, cluster, { codecs: nodeCodecs, trace })
    this.cluster.start((error) => {
      if (error) throw error
    })
    this.run(1)
  }

  get nowMs(): number {
    return this.runtime.clock.nowMs()
  }

  /** Lets so much time pass. */
  run(ms: number): void {
    this.runtime.clock.runUntil(this.nowMs + ms)
  }

  /** Connects to a broker; by default the first. */
  client(broker = 1): RawClient {
    const client = new RawClient(this.runtime.transport, this.cluster.broker(broker), () => this.nowMs)
    this.run(1)
    return client
  }

  /** Sends on a connection (by default a fresh one) and returns the answer, undefined if none came within `ms`. */
  ask<A extends Api>(
    api: A,
    version: number,
    body: RequestInput<A>,
    options: { client?: RawClient; broker?: number; ms?: number } = {},
  ): ResponseOf<A> | undefined {
    const client = options.client ?? this.client(options.broker)
    const id = client.send(api, version, body)
    this.run(options.ms ?? 5)
    return client.answer(api, id)
  }

  /** Produces one batch to one partition and returns what the broker says of that partition. */
  produce(
    records: Uint8Array | null,
    options: {
      client?: RawClient
      broker?: number
      version?: number
      acks?: number
      topic?: string
      topicId?: string
      partition?: number
      transactionalId?: string | null
    } = {},
  ): PartitionAnswer | undefined {
    const { topic: name = 'orders', partition: index = 0, version = 9, acks = -1 } = options
    const topicId = options.topicId ?? this.cluster.topics.find((one) => one.name === name)?.id ?? zero
    const body: RequestInput<typeof produce> = {
      transactionalId: options.transactionalId ?? null,
      acks,
      timeoutMs: 1000,
      topicData: [{ name, topicId, partitionData: [{ index, records }] }],
    }
    return this.ask(produce, version, body, options)?.responses[0]?.partitionResponses[0]
  }
}

export type PartitionAnswer = ResponseOf<typeof produce>['responses'][number]['partitionResponses'][number]
export type ProduceRequest = RequestOf<typeof produce>

const zero = 'AAAAAAAAAAAAAAAAAAAAAA'

export interface TestRecord {
  readonly key?: Uint8Array | string | null
  readonly value?: Uint8Array | string | null
  readonly headers?: readonly Header[]
  readonly timestamp?: number
}

export interface TestBatch {
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly codec?: CompressionCodec | undefined
}

/** What the virtual wall clock shows at the start. */
export const wallStartMs = 1_767_225_600_000

/** One record batch. A number stands for so many small records. */
export function batchOf(records: number | readonly TestRecord[] = 1, batch: TestBatch = {}): Uint8Array {
  const list: readonly TestRecord[] =
    typeof records === 'number'
      ? Array.from({ length: records }, (_, i) => ({ key: `k${i}`, value: `v${i}` }))
      : records
  const writer = new BatchWriter(new Uint8Array(1 << 16), batch.codec === undefined ? {} : { codec: batch.codec })
  for (const { key = null, value = null, headers = [], timestamp = wallStartMs } of list) {
    writer.tryAppend(timestamp, bytesOf(key), bytesOf(value), headers)
  }
  const { producerId = -1n, producerEpoch = producerId === -1n ? -1 : 0, isTransactional = false } = batch
  const baseSequence = batch.baseSequence ?? (producerId === -1n ? -1 : 0)
  return writer.close({ producerId, producerEpoch, baseSequence, isTransactional }).slice()
}

export function bytesOf(text: Uint8Array | string | null): Uint8Array | null {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text
}
