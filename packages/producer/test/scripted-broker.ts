import {
  type Api,
  apiByKey,
  apiVersions,
  decodeRequestBody,
  decodeRequestHeader,
  encodeResponse,
  FrameReader,
  initProducerId,
  invariant,
  metadata,
  produce,
  type RequestHeader,
  type RequestOf,
  type ResponseInput,
  readBatchHeader,
  readRecords,
} from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import type { Link, Runtime } from '@harrow/runtime'

/** A request that arrived, and how to answer it. */
export interface ScriptedRequest {
  readonly node: number
  readonly header: RequestHeader
  readonly api: Api
  readonly body: unknown
  readonly atMs: number
  readonly link: Link
  answer(body: unknown): void
}

export interface PartitionScript {
  /** Kafka error code, 0 for success. Default 0. */
  readonly errorCode?: number
  readonly errorMessage?: string
  readonly recordErrors?: readonly { batchIndex: number; batchIndexErrorMessage: string | null }[]
  readonly currentLeader?: { leaderId: number; leaderEpoch: number }
  readonly logStartOffset?: bigint
  readonly logAppendTimeMs?: bigint
}

/** What to do with a Produce request: answer per partition, or nothing at all. */
export type ProduceScript = (
  request: ScriptedRequest,
  body: RequestOf<typeof produce>,
) => ((topic: string, partition: number) => PartitionScript) | 'silence' | 'disconnect'

export interface ScriptedBatch {
  readonly node: number
  readonly topic: string
  readonly partition: number
  readonly sequence: number
  readonly epoch: number
  readonly values: readonly string[]
  readonly keys: readonly string[]
  /** Per record, the keys of its headers. */
  readonly headers: readonly (readonly string[])[]
  readonly crc: number
  readonly atMs: number
}

export type MetadataAnswer = ResponseInput<typeof metadata>

const utf8 = new TextDecoder()
const accepts: ProduceScript = () => () => ({})

/**
 * A cluster that does exactly as it is told: answers with the protocol codec on the simulated network, keeps no log and
 * checks nothing. A fake for the Transport seam; the real rules are the mock broker's.
 */
export class ScriptedCluster {
  readonly requests: ScriptedRequest[] = []
  /** Every batch that arrived, answered or not. */
  readonly batches: ScriptedBatch[] = []
  readonly topics: Map<string, { partitions: number; leaders?: Map<number, number>; epoch: number; id: string }> =
    new Map()
  produceScript: ProduceScript = accepts
  /** Topic name to error code in Metadata. */
  readonly topicErrors = new Map<string, number>()
  /** API key to highest version offered. */
  readonly maxVersions = new Map<number, number>()
  /** What ApiVersions says to a version that it does not know; false: only that it does not (KIP-511). */
  tellsKnownVersions = true
  /** Error code of ApiVersions. */
  apiVersionsError = 0
  apiVersionsThrottleMs = 0
  /** The last word on what Metadata says. */
  editMetadata: (answer: MetadataAnswer) => unknown = (answer) => answer
  initProducerIdErrors: number[] = []
  producerId = 1000n
  producerEpoch = 0
  silentApis = new Set<string>()
  throttleTimeMs = 0
  autoCreate = true
  private readonly runtime: Runtime
  private readonly nodes: number
  private readonly nextOffsets = new Map<string, bigint>()
  private readonly downNodes = new Set<number>()
  private readonly links = new Map<number, Set<Link>>()
  private readonly listeners = new Map<number, { close(): void }>()

  constructor(runtime: Runtime, options: { nodes?: number } = {}) {
    this.runtime = runtime
    this.nodes = options.nodes ?? 1
    for (let node = 1; node <= this.nodes; node++) this.start(node)
  }

  get bootstrapServers(): string {
    return Array.from({ length: this.nodes }, (_, i) => `broker-${i + 1}:9092`).join(',')
  }

  topic(name: string, options: { partitions?: number; id?: string } = {}): this {
    const id = options.id ?? `${`${name}AAAAAAAAAAAAAAAAAAAAAA`.slice(0, 21)}A`
    this.topics.set(name, { partitions: options.partitions ?? 1, epoch: 0, id })
    return this
  }

  leaderOf(name: string, partition: number): number {
    return this.topics.get(name)?.leaders?.get(partition) ?? 1 + (partition % this.nodes)
  }

  moveLeader(name: string, partition: number, to: number): void {
    const topic = this.topics.get(name)
    invariant(topic !== undefined, 'a topic to move')
    topic.leaders ??= new Map()
    topic.leaders.set(partition, to)
    topic.epoch++
  }

  start(node: number): void {
    this.downNodes.delete(node)
    this.links.set(node, new Set())
    const listener = this.runtime.transport.listen(
      { host: `broker-${node}`, port: 9092 },
      () => {
        const reader = new FrameReader({ frameBytesMax: 10_000_000 })
        let link: Link
        return {
          onOpen: (opened) => {
            link = opened
            this.links.get(node)?.add(opened)
          },
          onBytes: (bytes) => {
            for (const frame of reader.push(bytes)) this.handle(node, link, frame)
          },
          onDrain: () => {},
          onClose: () => void this.links.get(node)?.delete(link),
        }
      },
      { onListening: () => {}, onError: (error) => invariant(false, error.message) },
    )
    this.listeners.set(node, listener)
  }

  stop(node: number): void {
    this.downNodes.add(node)
    this.listeners.get(node)?.close()
    for (const link of this.links.get(node) ?? []) link.close('reset')
  }

  requestsOf(api: Api): ScriptedRequest[] {
    return this.requests.filter((request) => request.api === api)
  }

  valuesOf(topic: string, partition: number): string[] {
    return this.batches.filter((b) => b.topic === topic && b.partition === partition).flatMap((b) => b.values)
  }

  private handle(node: number, link: Link, frame: Uint8Array): void {
    const header = decodeRequestHeader(frame)
    const api = apiByKey(header.apiKey)
    invariant(api !== undefined, `API ${header.apiKey}`)
    const known = this.maxVersions.get(api.key) ?? api.versions.max
    const isUnknownVersion = api === apiVersions && header.apiVersion > known
    const answerVersion = isUnknownVersion ? 0 : header.apiVersion
    const answer = (body: unknown): void =>
      void link.write(encodeResponse(api, answerVersion, header.correlationId, body as ResponseInput<typeof api>))
    const body = isUnknownVersion ? undefined : decodeRequestBody(api, header.apiVersion, frame, header.bodyOffset)
    const request = { node, header, api, body, atMs: this.runtime.clock.nowMs(), link, answer }
    this.requests.push(request)
    if (this.silentApis.has(api.name)) return
    switch (api) {
      case apiVersions:
        if (isUnknownVersion) {
          const apiKeys = this.tellsKnownVersions ? [{ apiKey: api.key, minVersion: 0, maxVersion: known }] : []
          answer({ errorCode: 35, apiKeys })
        } else answer(this.apiVersionsAnswer())
        break
      case metadata:
        answer(this.editMetadata(this.metadataAnswer(body as RequestOf<typeof metadata>)))
        break
      case initProducerId: {
        const errorCode = this.initProducerIdErrors.shift() ?? 0
        answer({ throttleTimeMs: 0, errorCode, producerId: this.producerId, producerEpoch: this.producerEpoch })
        if (errorCode === 0) this.producerId++
        break
      }
      default:
        this.handleProduce(request, body as RequestOf<typeof produce>)
    }
  }

  private apiVersionsAnswer(): unknown {
    const apiKeys = [apiVersions, metadata, produce, initProducerId].map(({ key, versions }) => ({
      apiKey: key,
      minVersion: versions.min,
      maxVersion: this.maxVersions.get(key) ?? versions.max,
    }))
    const { apiVersionsError: errorCode, apiVersionsThrottleMs: throttleTimeMs } = this
    return { errorCode, apiKeys: apiKeys.filter(({ maxVersion }) => maxVersion >= 0), throttleTimeMs }
  }

  private metadataAnswer(body: RequestOf<typeof metadata>): MetadataAnswer {
    const living = Array.from({ length: this.nodes }, (_, i) => i + 1).filter((node) => !this.downNodes.has(node))
    const brokers = living.map((nodeId) => ({ nodeId, host: `broker-${nodeId}`, port: 9092 }))
    const topics = (body.topics ?? []).map(({ name }) => {
      const topic = this.topics.get(name ?? '')
      const errorCode = this.topicErrors.get(name ?? '') ?? (topic === undefined ? 3 : 0)
      const partitions = Array.from({ length: errorCode === 0 ? (topic?.partitions ?? 0) : 0 }, (_, partitionIndex) => {
        const leaderId = this.leaderOf(name ?? '', partitionIndex)
        const replicaNodes = [leaderId]
        const leaderEpoch = topic?.epoch ?? 0
        return { errorCode: 0, partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes: replicaNodes }
      })
      return { errorCode, name, ...(topic === undefined ? {} : { topicId: topic.id }), partitions }
    })
    return { brokers, clusterId: 'scripted', controllerId: 1, topics }
  }

  private handleProduce(request: ScriptedRequest, body: RequestOf<typeof produce>): void {
    for (const { name, topicId, partitionData } of body.topicData) {
      for (const { index, records } of partitionData) {
        invariant(records !== null, 'records')
        const batch = readBatchHeader(records)
        const decoded = readRecords(batch, nodeCodecs)
        const text = (bytes: Uint8Array | null): string => utf8.decode(bytes ?? new Uint8Array(0))
        this.batches.push({
          node: request.node,
          topic: name === '' ? this.nameOf(topicId) : name,
          partition: index,
          sequence: batch.baseSequence,
          epoch: batch.producerEpoch,
          values: decoded.map(({ value }) => text(value)),
          keys: decoded.map(({ key }) => text(key)),
          headers: decoded.map(({ headers }) => headers.map(({ key }) => key)),
          crc: batch.crc,
          atMs: request.atMs,
        })
      }
    }
    const script = this.produceScript(request, body)
    if (script === 'silence' || body.acks === 0) return
    if (script === 'disconnect') {
      request.link.close('reset')
      return
    }
    this.answerProduce(request, script)
  }

  /** Answers per partition, now or, after silence, later. */
  answerProduce(request: ScriptedRequest, script: (topic: string, partition: number) => PartitionScript): void {
    const body = request.body as RequestOf<typeof produce>
    const responses = body.topicData.map(({ name, topicId, partitionData }) => {
      const topic = name === '' ? this.nameOf(topicId) : name
      const partitionResponses = partitionData.map(({ index, records }) => {
        const { errorCode = 0, ...rest } = script(topic, index)
        const count = readBatchHeader(records ?? new Uint8Array(0)).recordCount
        return { index, errorCode, baseOffset: errorCode === 0 ? this.append(topic, index, count) : -1n, ...rest }
      })
      return { name, topicId, partitionResponses }
    })
    const { throttleTimeMs } = this
    const nodeEndpoints = Array.from({ length: this.nodes }, (_, i) => ({
      nodeId: i + 1,
      host: `broker-${i + 1}`,
      port: 9092,
    }))
    const isHinting = responses.some((r) => r.partitionResponses.some((p) => 'currentLeader' in p))
    request.answer({ responses, throttleTimeMs, ...(isHinting ? { nodeEndpoints } : {}) })
  }

  private append(topic: string, partition: number, count: number): bigint {
    const key = `${topic}-${partition}`
    const offset = this.nextOffsets.get(key) ?? 0n
    this.nextOffsets.set(key, offset + BigInt(count))
    return offset
  }

  private nameOf(topicId: string): string {
    for (const [name, { id }] of this.topics) if (id === topicId) return name
    return ''
  }
}
