import type { DeliveryReport, FaultRule, FaultStatus, JournalQuery, StoredRecord } from '@harrow/mock-broker'
import { type Duration, parseDurationMs } from '@harrow/runtime'
import type { ClusterView } from './check.ts'

/** Where the cluster of a global setup is controlled. */
export const controlUrlKey = 'HARROW_CONTROL_URL'

/** The control API refused; the message is its own. */
export class ControlRequestError extends Error {
  override readonly name = 'ControlRequestError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A fault rule at work in a cluster of another process. */
export interface RemoteFault {
  readonly name: string
  /** How often it has acted. */
  hits(): Promise<number>
  /** Resolves when it has acted so often in all, default once. Rejects if it has not `within`, default 5 s. */
  hit(count?: number, patience?: { readonly within?: Duration }): Promise<void>
  remove(): Promise<void>
}

/**
 * The mock cluster of `kafkaGlobalSetup`, seen from a test: it lives in another process, so everything is a promise. Matchers
 * and plain assertions take it like a `MockCluster`. Every method rejects with ControlRequestError if the cluster refuses.
 */
export class RemoteCluster {
  readonly controlUrl: string

  constructor(controlUrl: string) {
    this.controlUrl = controlUrl
  }

  async bootstrapServers(): Promise<string> {
    const cluster: { bootstrapServers: string } = await this.ask('GET', '/v1/cluster')
    return cluster.bootstrapServers
  }

  /** Between tests: no faults, journal, events or findings; topics as configured, empty. */
  async reset(): Promise<void> {
    await this.ask('POST', '/v1/reset')
  }

  async fault(rule: FaultRule): Promise<RemoteFault> {
    const { name }: FaultStatus = await this.ask('POST', '/v1/faults', rule)
    const path = `/v1/faults/${encodeURIComponent(name)}`
    return {
      name,
      hits: async () => (await this.ask<FaultStatus>('GET', path)).hits,
      hit: async (count = 1, { within = 5_000 } = {}) => {
        const timeout = `${parseDurationMs(within) ?? invalidDuration(within)}ms`
        const query = `?${new URLSearchParams({ count: String(count), timeout })}`
        const { hits, reached }: { hits: number; reached: boolean } = await this.ask('GET', `${path}/hits${query}`)
        if (!reached) throw new Error(`the fault "${name}" acted ${hits} times within ${timeout}, wanted: ${count}`)
      },
      remove: async () => void (await this.ask('DELETE', path)),
    }
  }

  /** Rejects with a table unless every rule acted as often as it should. */
  async assertFaultsConsumed(): Promise<void> {
    const { message }: { message?: string } = await this.ask('GET', '/v1/unconsumed-faults')
    if (message !== undefined) throw new Error(message)
  }

  /** Rejects unless everything acknowledged is in the log, nothing is there twice, and order was kept. */
  async assertDelivered(query: { readonly topic?: string; readonly clientId?: string } = {}): Promise<void> {
    const answer: { problem?: string; counts: DeliveryReport['counts'] } = await this.ask(
      'GET',
      `/v1/delivery?${new URLSearchParams({ ...query, limit: '0' })}`,
    )
    if (answer.problem !== undefined) throw new Error(answer.problem)
  }

  /** Every record of the topic, decoded. */
  async records(topic: string): Promise<StoredRecord[]> {
    const path = `/v1/topics/${encodeURIComponent(topic)}/records?limit=${Number.MAX_SAFE_INTEGER}`
    const { records }: { records: readonly RecordJson[] } = await this.ask('GET', path)
    return records.map(storedRecord)
  }

  /** What a check needs to know of this moment. */
  async look(at: { readonly topic?: string; readonly requests?: JournalQuery }): Promise<ClusterView> {
    const { topics }: { topics: ClusterView['topics'] } = await this.ask('GET', '/v1/topics')
    const topic = topics.find(({ name }) => name === at.topic)?.name
    const records = topic === undefined ? [] : await this.records(topic)
    const [all, found] =
      at.requests === undefined ? [[], []] : [await this.requests({}), await this.requests(at.requests)]
    return {
      topics,
      records: () => records,
      requests: { filter: () => found, [Symbol.iterator]: () => all[Symbol.iterator]() },
    }
  }

  /** Any operation of the control API: `GET /openapi.json` lists them. The answer is not checked. */
  async ask<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.controlUrl + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (response.ok) return answer as Answer
    const { message = `${method} ${path}: ${response.status}` } = answer as { message?: string }
    throw new ControlRequestError(response.status, message)
  }

  private async requests({ applied, ...query }: JournalQuery): Promise<readonly RequestJson[]> {
    const given = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)])
    const parameters = new URLSearchParams([...given, ['bodies', 'false'], ['limit', String(Number.MAX_SAFE_INTEGER)]])
    const { requests }: { requests: readonly RequestJson[] } = await this.ask('GET', `/v1/requests?${parameters}`)
    return requests.filter((request) => applied === undefined || request.applied === applied)
  }
}

/**
 * The cluster that `kafkaGlobalSetup` started. It is one for all test files: let them run one after another, or keep to
 * topics of their own and do not `reset`. Throws if there was no global setup.
 */
export function sharedCluster(): RemoteCluster {
  const url = process.env[controlUrlKey]
  if (url === undefined) {
    throw new Error(`${controlUrlKey} is not set: kafkaGlobalSetup of @harrow/harness/global-setup sets it`)
  }
  return new RemoteCluster(url)
}

interface RequestJson {
  readonly api: string
  readonly applied: boolean
}

interface RecordJson extends Omit<StoredRecord, 'offset' | 'key' | 'value' | 'headers' | 'producerId'> {
  readonly offset: number
  readonly producerId: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly { readonly key: string; readonly value: string | null }[]
}

function storedRecord(json: RecordJson): StoredRecord {
  const { topic, partition, timestamp, producerEpoch, sequence, compression } = json
  return {
    topic,
    partition,
    offset: BigInt(json.offset),
    timestamp,
    key: bytesOf(json.key),
    value: bytesOf(json.value),
    headers: json.headers.map(({ key, value }) => ({ key, value: bytesOf(value) })),
    producerId: BigInt(json.producerId),
    producerEpoch,
    sequence,
    compression,
  }
}

function bytesOf(base64: string | null): Uint8Array | null {
  return base64 === null ? null : new Uint8Array(Buffer.from(base64, 'base64'))
}

function invalidDuration(value: unknown): never {
  throw new RangeError(`within: ${String(value)} is no duration, such as 500 or "2s"`)
}
