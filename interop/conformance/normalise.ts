import { apiByKey, errorByCode, zeroUuid } from '@harrow/protocol'
import type { RunPartitions } from './partitions.ts'

export interface NormaliserOptions {
  readonly topicIds: ReadonlyMap<string, string>
  readonly partitions: RunPartitions
  /** The timestamp of the first record that the probe sends. */
  readonly timeMs: number
  /** When the probe began, by our clock. */
  readonly startMs: number
  /** The group that this run calls `%group`. */
  readonly groupId: string
}

/**
 * Takes out of an answer what two brokers may well say differently (addresses, ids, clocks, texts) and leaves the rest,
 * such as base offsets of failed batches, log start offsets, and what tagged fields hold.
 */
export class Normaliser {
  private readonly options: NormaliserOptions
  private readonly kindById: ReadonlyMap<string, string>
  private readonly producerIds: bigint[] = []
  private readonly members: string[] = []

  constructor(options: NormaliserOptions) {
    this.options = options
    this.kindById = new Map([...options.topicIds].map(([kind, id]) => [id, kind]))
  }

  normalise(body: unknown): unknown {
    return this.value('', body, undefined)
  }

  private value(name: string, value: unknown, kind: string | undefined): unknown {
    if (Array.isArray(value)) return this.list(name, value, kind)
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    if (value !== null && typeof value === 'object') return this.struct(value as Record<string, unknown>, kind)
    const rule = rules[name]
    if (rule !== undefined) return rule(value)
    switch (name) {
      case 'topicId':
        return value === zeroUuid ? '#zero' : `#${this.kindById.get(String(value)) ?? 'other'}`
      case 'index':
      case 'partitionIndex':
        return this.localPartition(kind, Number(value))
      case 'logAppendTimeMs':
        return this.time(Number(value))
      case 'groupId':
      case 'key':
        return value === this.options.groupId ? '%group' : value
      case 'memberId':
      case 'leader':
        return this.member(String(value))
      case 'producerId':
        return this.producerId(BigInt(value as bigint))
      default:
        return typeof value === 'bigint' ? Number(value) : value
    }
  }

  private list(name: string, items: readonly unknown[], kind: string | undefined): unknown {
    if (name === 'apiKeys') return servedRanges(items)
    // Other runs have groups of their own.
    const isForeign = (item: unknown) =>
      isGroup(item) && item.groupId.startsWith('probe ') && item.groupId !== this.options.groupId
    if (name === 'groups')
      return this.list(
        '',
        items.filter((item) => !isForeign(item)),
        kind,
      )
    const normalised = items.map((item) => this.value('', item, kind))
    // Brokers answer in the order of a hash map (P10): only lists of numbers have an order that means something.
    return normalised.every((item) => typeof item === 'object')
      ? normalised.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : normalised
  }

  private struct(struct: Readonly<Record<string, unknown>>, outer: string | undefined): unknown {
    const { topicId, name } = struct
    const byId = typeof topicId === 'string' ? this.kindById.get(topicId) : undefined
    const kind = byId ?? (typeof name === 'string' && name !== '' ? name : outer)
    // In an order that does not depend on the version, and without what is as if nobody had said anything.
    return Object.fromEntries(
      Object.entries(struct)
        .map(([key, value]): [string, unknown] => [key, this.value(key, value, kind)])
        .filter(([key, value]) => !(key in silent) || JSON.stringify(value) !== JSON.stringify(silent[key]))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  }

  private localPartition(kind: string | undefined, real: number): number {
    const locals = [...(this.options.partitions.get(kind ?? '') ?? [])]
    return locals.find(([, number]) => number === real)?.[0] ?? real
  }

  private time(ms: number): unknown {
    if (ms === -1) return -1
    const sinceRecords = ms - this.options.timeMs
    if (sinceRecords >= 0 && sinceRecords < 1000) return `time of record ${sinceRecords}`
    return Math.abs(ms - this.options.startMs) < 15_000 ? 'clock of the broker' : `odd time ${ms}`
  }

  /** Ids that a broker makes up have its random letters in them. */
  private member(id: string): string {
    if (!uuid.test(id)) return id
    if (!this.members.includes(id)) this.members.push(id)
    return `${id.replace(uuid, '')}member ${this.members.indexOf(id) + 1}`
  }

  private producerId(id: bigint): unknown {
    if (id < 0n) return Number(id)
    if (!this.producerIds.includes(id)) this.producerIds.push(id)
    return `id ${this.producerIds.indexOf(id) + 1}`
  }
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function isGroup(item: unknown): item is { readonly groupId: string } {
  return typeof (item as { readonly groupId?: unknown } | null)?.groupId === 'string'
}

const rules: Readonly<Record<string, (value: unknown) => unknown>> = {
  errorCode: (code) => (code === 0 ? 0 : `${code} ${errorByCode(Number(code)).name}`),
  errorMessage: textOrNull,
  batchIndexErrorMessage: textOrNull,
  clusterId: textOrNull,
  host: () => 'host',
  port: () => 'port',
  clientHost: () => 'client host',
  controllerId: (id) => (Number(id) >= 0 ? 'a broker' : id),
  throttleTimeMs: (ms) => (Number(ms) === 0 ? 0 : 'some'),
  finalizedFeaturesEpoch: (epoch) => (Number(epoch) >= 0 ? 'some' : Number(epoch)),
}

/** The values that fields have when they are not there: left out of transcripts, which are long enough. */
const silent: Readonly<Record<string, unknown>> = {
  name: '',
  topicId: '#zero',
  throttleTimeMs: 0,
  errorMessage: null,
  recordErrors: [],
  logAppendTimeMs: -1,
  currentLeader: { leaderEpoch: -1, leaderId: -1 },
  nodeEndpoints: [],
  supportedFeatures: [],
  finalizedFeatures: [],
  finalizedFeaturesEpoch: -1,
  zkMigrationReady: false,
  clusterAuthorizedOperations: -2147483648,
  topicAuthorizedOperations: -2147483648,
  isInternal: false,
  offlineReplicas: [],
  rack: null,
  authorizedOperations: -2147483648,
  groupInstanceId: null,
  skipAssignment: false,
}

function textOrNull(text: unknown): unknown {
  return text === null ? null : 'some text'
}

/** Only APIs that are described: a real broker has many more. */
function servedRanges(rows: readonly unknown[]): string[] {
  return (rows as { apiKey: number; minVersion: number; maxVersion: number }[])
    .filter((row) => apiByKey(row.apiKey) !== undefined)
    .sort((a, b) => a.apiKey - b.apiKey)
    .map((row) => `${apiByKey(row.apiKey)?.name} ${row.minVersion}-${row.maxVersion}`)
}
