import {
  type Api,
  apis,
  apiVersions,
  decodeResponse,
  encodeRequest,
  initProducerId,
  produce,
  type RequestInput,
  zeroUuid,
} from '@harrow/protocol'
import type { Runtime } from '@harrow/runtime'
import { nodeRuntime } from '@harrow/runtime/node'
import { type Answer, BrokerConnection } from '../wire/broker-connection.ts'
import { makeTopic } from '../wire/make-topic.ts'
import { waitForCoordinator } from '../wire/wait-for-coordinator.ts'
import { buildBatch } from './build-batch.ts'
import { Normaliser } from './normalise.ts'
import { allocate, type RunPartitions } from './partitions.ts'
import { type Damage, type PartitionWrite, type Probe, type ProduceStep, type Step, topicKinds } from './probe.ts'

/** A broker to be asked: the only one of its cluster. */
export interface Target {
  readonly host: string
  readonly port: number
  /** The world it lives in. Default: the real one. */
  readonly runtime?: Runtime
}

/** What a broker said to one probe at one version, normalised: one entry per answer, close or silence. */
export type Transcript = readonly unknown[]

/** Answers come within milliseconds; a broker that says nothing for so long says nothing. */
const answerWithinMs = 4000
/** The records of a probe are so much older than the moment it runs: then a broker's clock cannot be taken for theirs. */
const recordAgeMs = 20_000

/** Plays probes to one broker. */
export class Player {
  private readonly target: Target
  private readonly topicIds: ReadonlyMap<string, string>
  private readonly partitions: ReadonlyMap<string, RunPartitions>

  private constructor(
    target: Target,
    topicIds: ReadonlyMap<string, string>,
    partitions: ReadonlyMap<string, RunPartitions>,
  ) {
    this.target = target
    this.topicIds = topicIds
    this.partitions = partitions
  }

  /** Makes the topics that these probes need, with fresh partitions for every run. */
  static async prepare(target: Target, probes: readonly Probe[]): Promise<Player> {
    const { counts, runs } = allocate(probes)
    await using connection = await connectTo(target)
    const topicIds = new Map<string, string>([['unknown', unknownTopicId]])
    for (const [kind, config] of Object.entries(topicKinds)) {
      const partitions = Math.max(counts.get(kind) ?? 0, kind === 'described' ? 2 : 1)
      topicIds.set(kind, await makeTopic(connection, { name: kind, partitions, config }))
    }
    await waitForProducerIds(connection)
    await waitForCoordinator(connection)
    return new Player(target, topicIds, runs)
  }

  async play(probe: Probe, version: number): Promise<Transcript> {
    const partitions = this.partitions.get(runName(probe, version)) ?? new Map()
    const startMs = (this.target.runtime ?? nodeRuntime()).clock.wallMs()
    const timeMs = startMs - recordAgeMs
    const groupId = `probe ${runName(probe, version)}`
    const normaliser = new Normaliser({ topicIds: this.topicIds, partitions, timeMs, startMs, groupId })
    const run = new Run(this.target, normaliser, version, timeMs, this.topicIds, partitions, groupId)
    try {
      for (const step of probe.steps) await run.step(step)
      await run.ping()
    } finally {
      await run.close()
    }
    return run.transcript
  }
}

function connectTo({ host, port, runtime }: Target): Promise<BrokerConnection> {
  return BrokerConnection.open(host, port, runtime)
}

/** A broker that just started has no block of ids yet and says so (I11). */
async function waitForProducerIds(connection: BrokerConnection): Promise<void> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const body = { transactionalId: null, transactionTimeoutMs: 1000 }
    const frame = await connection.request(initProducerId, 0, body)
    if (decodeResponse(initProducerId, 0, frame).body.errorCode === 0) return
    await connection.sleep(100)
  }
  throw new Error('no producer ids within 10 s')
}

/** The key of one run. */
export function runName(probe: Probe, version: number): string {
  return `${probe.row} ${probe.name} v${version}`
}

/** 16 bytes that no broker gives to a topic. */
const unknownTopicId = 'AAAAAAAAAAAAAAAAAAAAew'

interface Pending {
  readonly api: Api
  readonly version: number
  readonly correlationId: number
  readonly keep?: Readonly<Record<string, string>> | undefined
}

interface Line {
  readonly connection: BrokerConnection
  readonly pending: Pending[]
  isPinged: boolean
}

class Run {
  readonly transcript: unknown[] = []
  private readonly lines = new Map<string, Line>()
  private readonly target: Target
  private readonly normaliser: Normaliser
  private readonly version: number
  private readonly timeMs: number
  private readonly topicIds: ReadonlyMap<string, string>
  private readonly partitions: RunPartitions
  private readonly groupId: string
  private readonly kept = new Map<string, unknown>()
  private nextCorrelationId = 100

  constructor(
    target: Target,
    normaliser: Normaliser,
    version: number,
    timeMs: number,
    topicIds: ReadonlyMap<string, string>,
    partitions: RunPartitions,
    groupId: string,
  ) {
    this.groupId = groupId
    this.target = target
    this.normaliser = normaliser
    this.version = version
    this.timeMs = timeMs
    this.topicIds = topicIds
    this.partitions = partitions
  }

  async step(step: Step): Promise<void> {
    const line = await this.line(step.on ?? '')
    if ('bytes' in step) {
      line.connection.send(Buffer.from(step.bytes, 'hex'))
      if (step.answeredLike === undefined) return
      const [name, version] = step.answeredLike
      // The correlation id that the bytes carry.
      line.pending.push({ api: apis[name], version, correlationId: 7 })
      return this.readAll(line)
    }
    if ('silentForMs' in step) {
      line.isPinged = false
      const answer = await line.connection.receive(step.silentForMs).catch(() => 'silence' as const)
      this.transcript.push(answer === 'silence' ? answer : `not silent: ${answer.kind}`)
      return
    }
    if ('damaged' in step) {
      const { api, version, frame, pending } = this.encodeProduce(step.damaged)
      line.connection.send(damaged(frame, step.by))
      line.pending.push({ api, version, correlationId: pending })
      return this.readAll(line)
    }
    if ('produce' in step) {
      const { api, version, frame, pending } = this.encodeProduce(step)
      line.connection.send(frame)
      // Without acks there is no answer to wait for; the next one shows whether the broker held to it.
      if (step.acks !== 0) line.pending.push({ api, version, correlationId: pending })
    } else {
      const api: Api = apis[step.ask]
      const version = step.version ?? this.version
      const correlationId = this.nextCorrelationId++
      const clientId = step.clientId === undefined ? 'probe' : step.clientId
      const body = this.resolveNames(step.body) as RequestInput<Api>
      line.connection.send(encodeRequest(api, version, { correlationId, clientId }, body))
      line.pending.push({ api, version, correlationId, keep: step.keep })
    }
    if (step.pipelined === undefined && !('produce' in step && step.acks === 0)) await this.readAll(line)
  }

  /** Whether each connection still works, and has no answer left over. */
  async ping(): Promise<void> {
    for (const [name, line] of this.lines) {
      if (!line.isPinged) continue
      const correlationId = this.nextCorrelationId++
      line.connection.send(encodeRequest(apiVersions, 0, { correlationId, clientId: 'probe' }, {}))
      const answer = await this.receive(line)
      const said =
        answer === 'silence' || answer.kind === 'closed'
          ? answer === 'silence'
            ? answer
            : 'closed'
          : correlationIdOf(answer.frame) === correlationId
            ? 'alive'
            : 'an answer nobody expected'
      this.transcript.push(name === '' ? said : `${name}: ${said}`)
    }
  }

  async close(): Promise<void> {
    for (const { connection } of this.lines.values()) await connection[Symbol.asyncDispose]()
  }

  private async line(name: string): Promise<Line> {
    let line = this.lines.get(name)
    if (line === undefined) {
      const connection = await connectTo(this.target)
      line = { connection, pending: [], isPinged: true }
      this.lines.set(name, line)
    }
    return line
  }

  private async readAll(line: Line): Promise<void> {
    for (const { api, version, correlationId, keep = {} } of line.pending.splice(0)) {
      const answer = await this.receive(line)
      if (answer === 'silence' || answer.kind === 'closed') {
        this.transcript.push(answer === 'silence' ? answer : 'closed')
        return
      }
      const decoded = decodeResponse(api, version, answer.frame)
      if (decoded.correlationId !== correlationId) this.transcript.push('out of order')
      this.transcript.push(this.normaliser.normalise(decoded.body))
      for (const [name, path] of Object.entries(keep)) this.kept.set(name, fieldAt(decoded.body, path))
    }
  }

  private receive(line: Line): Promise<Answer | 'silence'> {
    return line.connection.receive(answerWithinMs).catch(() => 'silence' as const)
  }

  private encodeProduce(step: ProduceStep) {
    const version = step.version ?? this.version
    const correlationId = this.nextCorrelationId++
    const clientId = step.clientId === undefined ? 'probe' : step.clientId
    const topics = new Map<string, PartitionWrite[]>()
    for (const write of step.produce) {
      const kind = write.topic ?? 'plain'
      topics.set(kind, [...(topics.get(kind) ?? []), write])
    }
    const body: RequestInput<typeof produce> = {
      transactionalId: step.transactionalId ?? null,
      acks: step.acks ?? -1,
      timeoutMs: 3000,
      topicData: [...topics].map(([kind, writes]) => ({
        name: kind === 'unknown' ? 'nobody' : kind,
        topicId: this.topicIds.get(kind) ?? String(this.kept.get(kind) ?? zeroUuid),
        partitionData: writes.map((write) => ({
          index: this.partitionOf(kind, write.partition ?? 0),
          records: this.recordsOf(write),
        })),
      })),
    }
    return {
      api: produce,
      version,
      frame: encodeRequest(produce, version, { correlationId, clientId }, body),
      pending: correlationId,
    }
  }

  private partitionOf(kind: string, local: number): number {
    return this.partitions.get(kind)?.get(local) ?? local
  }

  private recordsOf({ records }: PartitionWrite): Uint8Array | null {
    if (records === null) return null
    if (records === 'nothing') return new Uint8Array(0)
    const batches = Array.isArray(records) ? records : [records]
    return Buffer.concat(batches.map((batch) => buildBatch(batch, this.timeMs)))
  }

  /** A broker that hung up gave nothing to keep; the rest of the probe goes on to a closed door. */
  private recall(name: string): unknown {
    return this.kept.get(name) ?? (name === 'generation' ? -1 : 'nobody')
  }

  /** See `Step`. */
  private resolveNames(value: unknown): unknown {
    if (value === '%group') return this.groupId
    if (typeof value === 'string' && value.startsWith('@')) return this.recall(value.slice(1))
    if (value instanceof Uint8Array) return value
    if (typeof value === 'string' && value.startsWith('$')) return value.slice(1)
    if (typeof value === 'string' && value.startsWith('#')) return this.topicIds.get(value.slice(1))
    if (Array.isArray(value)) return value.map((item) => this.resolveNames(item))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolveNames(item)]))
  }
}

function correlationIdOf(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getInt32(0)
}

function fieldAt(body: object, path: string): unknown {
  return path.split('.').reduce((value: unknown, key) => (value as Record<string, unknown> | undefined)?.[key], body)
}

/** The frame with its prefix made to fit again. */
function damaged(frame: Uint8Array, by: Damage): Uint8Array {
  let result = Uint8Array.from(frame)
  if ('cutBytes' in by) result = result.slice(0, result.length - by.cutBytes)
  else if ('appendBytes' in by) result = Uint8Array.from([...result, ...new Uint8Array(by.appendBytes)])
  else result.set(Buffer.from(by.write, 'hex'), by.at < 0 ? result.length + by.at : 4 + by.at)
  new DataView(result.buffer).setInt32(0, result.length - 4)
  return result
}
