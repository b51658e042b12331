import {
  type Api,
  type CompressionCodecs,
  portableCodecs,
  type RecordBatch,
  readBatchHeader,
  readRecords,
} from '@harrow/protocol'
import { type Runtime, seededRandom } from '@harrow/runtime'
import { Broker } from './broker.ts'
import { type BrokerNode, Cluster, type ClusterNode } from './cluster.ts'
import { ClusterAdmin } from './cluster-admin.ts'
import { clusterControl } from './cluster-control.ts'
import {
  type ApiVersionLimit,
  type ClusterOptions,
  ClusterOptionsError,
  parseClusterOptions,
  parseTopicOptions,
  type TopicOptions,
  topicNameProblem,
} from './config.ts'
import { CoreBroker } from './core-broker.ts'
import { assertDelivered } from './delivery/delivery-error.ts'
import { type Evidence, judgeDelivery } from './delivery/oracle.ts'
import type { DeliveryQuery, DeliveryReport } from './delivery/record-delivery.ts'
import { suggestion } from './did-you-mean.ts'
import type { BrokerEventOf, EventStream, Unsubscribe } from './event-stream.ts'
import { jsonLines } from './export/json-lines.ts'
import { pcapng } from './export/pcapng.ts'
import { type ActingRule, FaultChain, type FaultStatus, type FaultWatcher } from './faults/chain.ts'
import type { ClusterControl } from './faults/fault-kind.ts'
import { type FaultRule, FaultRuleError, parseFaultRule } from './faults/rule.ts'
import { faultStep } from './faults/step.ts'
import { assertConsumed } from './faults/unconsumed.ts'
import { type Finding, UnhandledRequestsError, unhandledKinds } from './findings.ts'
import { forwardingHandlers } from './forward/forwarding-handlers.ts'
import { Upstream, type UpstreamBroker } from './forward/upstream.ts'
import { handlers } from './handlers/index.ts'
import { RequestJournal } from './journal.ts'
import { sequenceAfter } from './log/producer-state.ts'
import { Pipeline } from './pipeline.ts'
import type { Partition } from './replication/partition.ts'
import type { StoredRecord } from './stored-record.ts'
import { Timers } from './timers.ts'
import type { BrokerEvent, Tracer } from './trace.ts'
import { ServedVersions, versionLimitIssues } from './versions.ts'

/** What a cluster may be given besides its options. */
export interface ClusterExtras {
  /** To look into compressed batches. Default: those that work everywhere, which lack gzip. */
  readonly codecs?: CompressionCodecs
  /** Hears everything that happens. It must not call back into the cluster. */
  readonly trace?: Tracer
  /**
   * The brokers of another cluster, a real one perhaps, that answers what clients ask: then the brokers of this one, with
   * the same node ids, are its doors. Faults of connections, requests and answers act in the door, the journal shows
   * what went through; topics, logs and leaders are the other cluster's, and this one's are empty.
   */
  readonly upstream?: readonly UpstreamBroker[]
}

/** What a broker serves, worked out once per release. */
function servedByRelease(
  apis: readonly Api[],
  limits: Readonly<Record<string, ApiVersionLimit>>,
): (node: ClusterNode) => ServedVersions {
  const byRelease = new Map<string, ServedVersions>()
  return ({ release }) => {
    const served = byRelease.get(release.name) ?? new ServedVersions(apis, release, limits)
    byRelease.set(release.name, served)
    return served
  }
}

/** A fault rule at work. */
export interface CoreFaultHandle {
  readonly name: string
  /** How often it has acted. */
  hits(): number
  /** Calls `listener` at every hit from now on. */
  onHit(listener: (hits: number) => void): Unsubscribe
  /** The same, and once when the rule is taken out, by `remove`, `reset` or `stop`; returns how to hear no more. */
  watch(watcher: FaultWatcher): () => void
  /** It acts no more and is not reported any more; what it still does to the cluster ends. */
  remove(): void
}

/**
 * A mock Kafka cluster without a platform: synchronous, with callbacks, over whatever runtime it is given. `MockCluster`
 * is the same with promises, over TCP.
 */
export class ClusterCore {
  readonly requests: RequestJournal
  private readonly cluster: Cluster
  private readonly chain: FaultChain
  private readonly timers: Timers
  private readonly codecs: CompressionCodecs
  /** What administrators, and accidents, do to brokers, replicas and topics. */
  readonly admin: ClusterAdmin
  private readonly nodes: Broker[]
  private readonly control: ClusterControl
  private readonly faultHandles = new Map<string, CoreFaultHandle>()
  private readonly upstream: Upstream | undefined
  private connections = 0

  /** @throws ClusterOptionsError */
  constructor(runtime: Runtime, options: ClusterOptions = {}, extras: ClusterExtras = {}) {
    const config = parseClusterOptions(options)
    const apis = handlers.map((handler) => handler.api)
    const issues = versionLimitIssues(apis, config.apiVersions)
    if (issues.length > 0) throw new ClusterOptionsError(issues)
    const random = config.seed === undefined ? runtime.random.fork('mock cluster') : seededRandom(config.seed)
    this.codecs = extras.codecs ?? portableCodecs
    this.timers = new Timers(runtime.clock)
    this.cluster = new Cluster(config, { clock: runtime.clock, random, timers: this.timers, trace: extras.trace })
    this.chain = new FaultChain({
      clock: runtime.clock,
      timers: this.timers,
      random: random.fork('faults'),
      act: (rule) => this.runTimed(rule),
    })
    this.requests = new RequestJournal({
      entriesMax: config.journalEntriesMax,
      bytesMax: config.journalBytesMax,
      overflow: config.journalOverflow,
    })
    this.control = clusterControl(
      this.cluster,
      () => this.nodes,
      () => this.admin,
    )
    const { cluster, timers } = this
    const upstream = extras.upstream && new Upstream(runtime.transport, extras.upstream)
    this.upstream = upstream
    cluster.events.subscribe((event) => {
      if (event.event === 'connection-closed') upstream?.clientGone(event.connection)
    })
    const pipeline = new Pipeline({
      cluster,
      handlers: upstream === undefined ? handlers : forwardingHandlers(upstream),
      servedBy: servedByRelease(apis, config.apiVersions),
      codecs: this.codecs,
      faults: this.chain,
      journal: this.requests,
      timers,
      control: this.control,
    })
    const nextConnection = (): number => ++this.connections
    const { transport } = runtime
    const newBroker = (node: ClusterNode): Broker =>
      new Broker({ cluster, node, transport, pipeline, timers, nextConnection, random })
    this.nodes = cluster.nodes.map(newBroker)
    this.admin = new ClusterAdmin({ cluster, timers, brokers: this.nodes, newBroker })
  }

  /** Starts every broker. `done` with the first error, and nothing listens then. */
  start(done: (error?: Error) => void): void {
    let waiting = this.nodes.length
    let failure: Error | undefined
    for (const broker of this.nodes) {
      broker.start((error) => {
        failure ??= error
        waiting--
        if (waiting > 0) return
        if (failure === undefined) this.cluster.isStarted = true
        if (failure === undefined) done()
        else this.stop(() => done(failure))
      })
    }
  }

  /** Stops every broker. When `done` is called there is no socket and no timer left. */
  stop(done: () => void): void {
    this.cluster.isStarted = false
    // First of all, or a fault would bring a broker back while the others still close.
    this.timers.cancelAll()
    let waiting = this.nodes.length
    for (const broker of this.nodes) {
      broker.stop('fin', () => {
        waiting--
        if (waiting > 0) return
        this.timers.cancelAll()
        this.upstream?.close()
        this.chain.stop()
        done()
      })
    }
  }

  /** `host:port` of every broker, as `bootstrap.servers` wants it. */
  get bootstrapServers(): string {
    return this.cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',')
  }

  get clusterId(): string {
    return this.cluster.clusterId
  }

  get brokers(): readonly Readonly<BrokerNode>[] {
    return this.cluster.nodes
  }

  /** Everything that happened, up to `eventsMax`. */
  get events(): EventStream {
    return this.cluster.events
  }

  /**
   * Calls `listener` at every event from now on, or at those of one kind. It must not call back into the cluster within
   * the call; what it throws becomes a finding.
   */
  subscribe(listener: Tracer): Unsubscribe
  subscribe<Kind extends BrokerEvent['event']>(kind: Kind, listener: (event: BrokerEventOf<Kind>) => void): Unsubscribe
  subscribe<Kind extends BrokerEvent['event']>(
    what: Kind | Tracer,
    listener?: (event: BrokerEventOf<Kind>) => void,
  ): Unsubscribe {
    if (typeof what === 'function') return this.cluster.events.subscribe(what)
    return this.cluster.events.subscribe((event) => {
      if (event.event === what) listener?.(event as BrokerEventOf<Kind>)
    })
  }

  get findings(): readonly Finding[] {
    return this.cluster.findings.list
  }

  /** @throws UnhandledRequestsError if a client asked for what is not served and `onUnhandledRequest` is `error` */
  assertRequestsHandled(): void {
    if (this.cluster.config.onUnhandledRequest !== 'error') return
    const unhandled = this.findings.filter(({ kind }) => unhandledKinds.has(kind))
    if (unhandled.length > 0) throw new UnhandledRequestsError(unhandled)
  }

  /** For a census: zero after `stop`. */
  get pendingTimers(): number {
    return this.timers.pending
  }

  /** @throws RangeError if there is no broker with this node id */
  broker(id: number): CoreBroker {
    const broker = this.nodes.find(({ node }) => node.id === id)
    if (broker === undefined)
      throw new RangeError(`no broker ${id}; there are ${this.nodes.map(({ node }) => node.id).join(', ')}`)
    return new CoreBroker(broker)
  }

  /** @throws ClusterOptionsError for options out of range, a bad name, or a topic that exists */
  createTopic(name: string, options: TopicOptions | number = {}): void {
    const problem = this.cluster.topic(name) === undefined ? topicNameProblem(name) : 'exists already'
    if (problem !== undefined) throw new ClusterOptionsError([{ path: ['topics', name], message: problem }])
    const plan = parseTopicOptions(options, this.cluster.config)
    if (plan.partitions > this.cluster.partitionsLeft) {
      const { partitionsMax } = this.cluster.config
      const message = `${this.cluster.partitionCount} and ${plan.partitions} more exceed ${partitionsMax} (partitionsMax)`
      throw new ClusterOptionsError([{ path: ['topics', name, 'partitions'], message }])
    }
    this.cluster.createTopic(name, plan)
  }

  /**
   * Makes another broker lead the partition, with the next epoch: `to`, or the next live replica. Returns its node id.
   * @throws RangeError if there is no such partition, or nobody to lead it
   */
  moveLeader(move: { readonly topic: string; readonly partition: number; readonly to?: number | undefined }): number {
    return this.admin.moveLeader(move, move.to)
  }

  /** Node id of the leader, -1 if nobody leads. @throws RangeError if there is no such partition */
  leader(topic: string, partition: number): { readonly id: number; readonly epoch: number } {
    const { leaderId: id, leaderEpoch: epoch } = this.partition(topic, partition)
    return { id, epoch }
  }

  /** Every topic, with the number of its partitions. */
  get topics(): { readonly name: string; readonly id: string; readonly partitions: number }[] {
    return [...this.cluster.topics].map(({ name, id, partitions }) => ({ name, id, partitions: partitions.length }))
  }

  /**
   * Every record of a partition, or of all partitions of the topic one after another, decoded.
   * @throws RangeError if there is no such topic or partition
   */
  records(topic: string, partition?: number): StoredRecord[] {
    if (partition === undefined) {
      const { partitions } = this.cluster.topic(topic) ?? this.noTopic(topic)
      return partitions.flatMap((one) => this.records(topic, one.index))
    }
    const { startOffset } = this.partition(topic, partition).log
    const records = this.batches(topic, partition).flatMap((batch) => this.recordsOf(batch, topic, partition))
    // DeleteRecords may have moved the start into a batch.
    return records.filter((record) => record.offset >= startOffset)
  }

  /** The batches of a partition as they are stored. @throws RangeError if there is no such partition */
  batches(topic: string, partition: number): RecordBatch[] {
    return this.partition(topic, partition).log.stored.map((stored) => readBatchHeader(stored.bytes))
  }

  /**
   * Where a partition begins and ends at its leader, and up to where it is replicated: consumers see no further.
   * @throws RangeError if there is no such partition
   */
  offsets(
    topic: string,
    partition: number,
  ): { readonly start: bigint; readonly end: bigint; readonly highWatermark: bigint } {
    const { log, highWatermark } = this.partition(topic, partition)
    return { start: log.startOffset, end: log.endOffset, highWatermark }
  }

  /**
   * What became of every record that clients sent, by what went over the wire and what is in the logs.
   * @throws JournalOverflowError if the journal has holes and `journalOverflow` is `throw`
   */
  delivery(query: DeliveryQuery = {}): DeliveryReport {
    return judgeDelivery(this.evidence(), query)
  }

  /**
   * @throws DeliveryError with the attempts of each record, unless everything acknowledged is in the log, nothing is there
   * twice, and every producer's order was kept
   */
  assertDelivered(query: DeliveryQuery = {}): void {
    assertDelivered(this.delivery(query))
  }

  /**
   * The traffic so far as a pcapng file, for Wireshark: `tshark -r run.pcapng -d tcp.port==<port>,kafka`.
   * @throws RangeError if `captureBytesMax` is 0
   */
  exportPcapng(): Uint8Array {
    if (this.cluster.config.captureBytesMax === 0) throw new RangeError('nothing was captured: captureBytesMax is 0')
    return pcapng(this.cluster.capture)
  }

  /** The run so far as JSON lines: the cluster, then every event, requests and answers with their bodies. */
  exportJsonLines(): string {
    return jsonLines({
      clusterId: this.clusterId,
      bootstrapServers: this.bootstrapServers,
      wallAtZeroMs: this.cluster.capture.wallAtZeroMs,
      events: this.events,
      requests: this.requests.kept,
    })
  }

  /** Adds a fault rule, behind those that are there. @throws FaultRuleError with everything that is wrong with it */
  fault(rule: FaultRule): CoreFaultHandle {
    const parsed = parseFaultRule(rule)
    if ('issues' in parsed) throw new FaultRuleError(parsed.issues)
    const chained = this.chain.add(parsed.rule)
    const handle: CoreFaultHandle = {
      name: chained.name,
      hits: () => chained.hits(),
      onHit: (listener) => chained.watch({ hit: listener }),
      watch: (watcher) => chained.watch(watcher),
      remove: () => {
        chained.remove()
        if (this.faultHandles.get(handle.name) === handle) this.faultHandles.delete(handle.name)
      },
    }
    this.faultHandles.set(handle.name, handle)
    return handle
  }

  /** The rule with this name that was added last; undefined if there is none, or none any more. */
  faultNamed(name: string): CoreFaultHandle | undefined {
    return this.faultHandles.get(name)
  }

  /** How every rule has fared, and what kept it from acting. */
  faults(): FaultStatus[] {
    return this.chain.statuses
  }

  /** @throws UnconsumedFaultsError with a table, unless every rule acted as often as it should */
  assertFaultsConsumed(): void {
    assertConsumed(this.chain.statuses)
  }

  /**
   * No rules, journal or findings; topics as configured, empty and with new ids. Brokers stay as they are, up or down,
   * and so do connections.
   */
  reset(): void {
    this.chain.clear()
    this.faultHandles.clear()
    this.requests.clear()
    this.cluster.reset()
  }

  private evidence(): Evidence {
    const created = this.events.of('topic-created').map(({ topic, topicId }) => [topicId, topic] as const)
    const logs = this.topics.flatMap(({ name: topic, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({
        topic,
        partition,
        startOffset: this.offsets(topic, partition).start,
        records: this.records(topic, partition),
      })),
    )
    const topicNames = new Map([...created, ...this.topics.map(({ id, name }) => [id, name] as const)])
    return { requests: this.requests, logs, topicNames, codecs: this.codecs }
  }

  private runTimed(rule: ActingRule): void {
    const { name: fault, kind } = rule
    const none = { request: 0, broker: 0, connection: 0, correlationId: 0 }
    this.cluster.tell({ event: 'fault-hit', fault, action: kind.key, ...none })
    const place = { broker: 0, connectionId: 0, guarded: (act: () => void) => act() }
    kind.run(
      rule.action as never,
      faultStep(rule, { cluster: this.cluster, timers: this.timers, control: this.control }, place),
    )
  }

  private recordsOf(batch: RecordBatch, topic: string, partition: number): StoredRecord[] {
    const { producerId, producerEpoch, baseSequence, compression = 'none' } = batch
    return readRecords(batch, this.codecs, { offsetDeltas: 'any' }).map((record, index) => ({
      topic,
      partition,
      ...record,
      offset: batch.baseOffset + BigInt(index),
      producerId,
      producerEpoch,
      sequence: producerId < 0n ? -1 : sequenceAfter(baseSequence, index),
      compression,
    }))
  }

  private partition(topic: string, index: number): Partition {
    const found = this.cluster.topic(topic) ?? this.noTopic(topic)
    const partition = found.partitions[index]
    if (partition === undefined)
      throw new RangeError(`topic "${topic}" has partitions 0 to ${found.partitions.length - 1}, not ${index}`)
    return partition
  }

  private noTopic(name: string): never {
    const names = [...this.cluster.topics].map((topic) => topic.name)
    throw new RangeError(`no topic "${name}"${suggestion(name, names)}`)
  }
}
