import type { RecordBatch } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import type { Clock } from '@harrow/runtime'
import { nodeRuntime } from '@harrow/runtime/node'
import { type BrokerHandle, PromisedBroker } from './broker-handle.ts'
import type { BrokerNode } from './cluster.ts'
import type { ClusterAdmin, RollOptions } from './cluster-admin.ts'
import { ClusterCore, type ClusterExtras, type CoreFaultHandle } from './cluster-core.ts'
import type { BrokerOptions, ClusterOptions, TopicOptions } from './config.ts'
import { ControlApi } from './control/control-api.ts'
import { type ControlServer, type ControlServerOptions, serveControl } from './control/server.ts'
import type { DeliveryQuery, DeliveryReport } from './delivery/record-delivery.ts'
import type { BrokerEventOf, EventStream, Unsubscribe } from './event-stream.ts'
import type { FaultStatus } from './faults/chain.ts'
import type { FaultRule } from './faults/rule.ts'
import type { Finding } from './findings.ts'
import type { RequestJournal } from './journal.ts'
import type { StoredRecord } from './stored-record.ts'
import type { BrokerEvent, Tracer } from './trace.ts'

/** A fault rule at work. */
export interface FaultHandle {
  readonly name: string
  /** How often it has acted. */
  hits(): number
  /**
   * Resolves when it has acted so often in all; at once if it has. Default: once. Rejects, and says what came closest,
   * if it is taken out before, by `remove`, `reset` or `stop`.
   */
  hit(count?: number): Promise<void>
  /** It acts no more and is not reported any more; what it still does to the cluster ends. */
  remove(): void
}

/**
 * A mock Kafka cluster over real TCP, for any client in any language.
 *
 *     await using cluster = await MockCluster.start({ brokers: 3, topics: { orders: 6 } })
 *     cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { drop: 'response' } })
 */
export class MockCluster implements AsyncDisposable {
  private readonly core: ClusterCore
  private readonly clock: Clock
  private readonly controls = new Set<ControlServer>()
  private stopped: Promise<void> | undefined

  private constructor(core: ClusterCore, clock: Clock) {
    this.core = core
    this.clock = clock
  }

  /** Rejects with ClusterOptionsError, or with what the system says about a port. */
  static async start(options: ClusterOptions = {}, extras: ClusterExtras = {}): Promise<MockCluster> {
    const runtime = nodeRuntime(options.seed === undefined ? {} : { seed: options.seed })
    const core = new ClusterCore(runtime, options, { codecs: nodeCodecs, ...extras })
    await new Promise<void>((resolve, reject) => core.start((error) => (error ? reject(error) : resolve())))
    return new MockCluster(core, runtime.clock)
  }

  /**
   * Resolves when no socket and no timer is left. Rejects then with UnhandledRequestsError if a client asked for what
   * this cluster does not serve, unless `onUnhandledRequest` says otherwise. Idempotent.
   */
  stop(): Promise<void> {
    this.stopped ??= Promise.all([
      ...[...this.controls].map((control) => control.stop()),
      new Promise<void>((resolve) => this.core.stop(resolve)),
    ]).then(() => this.core.assertRequestsHandled())
    return this.stopped
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /**
   * Lets tests in other languages control this cluster over HTTP, until it stops: `GET /openapi.json` says how. On
   * loopback unless told otherwise. Rejects with what the system says about the port.
   */
  async serveControl(options: ControlServerOptions = {}): Promise<ControlServer> {
    const api = new ControlApi(this.core, this.clock)
    const control = await serveControl((request, respond) => api.take(request, respond), options)
    this.controls.add(control)
    return control
  }

  /** What administrators, and accidents, do to brokers, replicas and topics. */
  get admin(): ClusterAdmin {
    return this.core.admin
  }

  /** A new broker joins and starts. Resolves with its node id. Rejects if its port is taken. */
  addBroker(options: BrokerOptions = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      const id = this.admin.addBroker(options, (error) => (error ? reject(error) : resolve(id)))
    })
  }

  /** A broker leaves for good: others take over its replicas. Resolves when its port is free. */
  removeBroker(id: number): Promise<void> {
    return new Promise((resolve) => this.admin.removeBroker(id, resolve))
  }

  /** Restarts every broker, one after another, each in good order. Resolves when the last one is up. */
  roll(options: RollOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => this.admin.roll(options, (error) => (error ? reject(error) : resolve())))
  }

  /** `host:port` of every broker, as `bootstrap.servers` wants it. */
  get bootstrapServers(): string {
    return this.core.bootstrapServers
  }

  get clusterId(): string {
    return this.core.clusterId
  }

  get brokers(): readonly Readonly<BrokerNode>[] {
    return this.core.brokers
  }

  /** Everything that clients asked, decoded, in the order of arrival. */
  get requests(): RequestJournal {
    return this.core.requests
  }

  /** Everything that happened, up to `eventsMax`. */
  get events(): EventStream {
    return this.core.events
  }

  /**
   * Calls `listener` at every event from now on, or at those of one kind. It must not call back into the cluster within
   * the call; what it throws becomes a finding.
   */
  subscribe(listener: Tracer): Unsubscribe
  subscribe<Kind extends BrokerEvent['event']>(kind: Kind, listener: (event: BrokerEventOf<Kind>) => void): Unsubscribe
  subscribe<Kind extends BrokerEvent['event']>(
    what: Kind | Tracer,
    listener: (event: BrokerEventOf<Kind>) => void = () => {},
  ): Unsubscribe {
    return typeof what === 'function' ? this.core.subscribe(what) : this.core.subscribe(what, listener)
  }

  /** What went wrong on the wire: malformed frames, unknown APIs, limits reached. */
  get findings(): readonly Finding[] {
    return this.core.findings
  }

  /** Every topic, with the number of its partitions. */
  get topics(): { readonly name: string; readonly id: string; readonly partitions: number }[] {
    return this.core.topics
  }

  /** @throws RangeError if there is no broker with this node id */
  broker(id: number): BrokerHandle {
    return new PromisedBroker(this.core.broker(id))
  }

  /** @throws ClusterOptionsError for options out of range, a bad name, or a topic that exists */
  createTopic(name: string, options: TopicOptions | number = {}): void {
    this.core.createTopic(name, options)
  }

  /**
   * Makes another broker lead the partition, with the next epoch: `to`, or the next live replica. Returns its node id.
   * @throws RangeError if there is no such partition, or nobody to lead it
   */
  moveLeader(move: { readonly topic: string; readonly partition: number; readonly to?: number | undefined }): number {
    return this.core.moveLeader(move)
  }

  /** Who leads a partition: node id, -1 for nobody. @throws RangeError if there is no such partition */
  leader(topic: string, partition: number): { readonly id: number; readonly epoch: number } {
    return this.core.leader(topic, partition)
  }

  /** Every record of a partition or topic, decoded. @throws RangeError if there is no such topic or partition */
  records(topic: string, partition?: number): StoredRecord[] {
    return this.core.records(topic, partition)
  }

  /** The batches of a partition as they are stored. @throws RangeError if there is no such partition */
  batches(topic: string, partition: number): RecordBatch[] {
    return this.core.batches(topic, partition)
  }

  /** First and next offset of a partition. @throws RangeError if there is no such partition */
  offsets(topic: string, partition: number): { readonly start: bigint; readonly end: bigint } {
    return this.core.offsets(topic, partition)
  }

  /**
   * What became of every record that clients sent, by what went over the wire and what is in the logs.
   * @throws JournalOverflowError if the journal has holes and `journalOverflow` is `throw`
   */
  delivery(query: DeliveryQuery = {}): DeliveryReport {
    return this.core.delivery(query)
  }

  /**
   * @throws DeliveryError with the attempts of each record, unless everything acknowledged is in the log, nothing is there
   * twice, and every producer's order was kept
   */
  assertDelivered(query: DeliveryQuery = {}): void {
    this.core.assertDelivered(query)
  }

  /**
   * The traffic so far as a pcapng file, for Wireshark: `tshark -r run.pcapng -d tcp.port==<port>,kafka`.
   * @throws RangeError if `captureBytesMax` is 0
   */
  exportPcapng(): Uint8Array {
    return this.core.exportPcapng()
  }

  /** The run so far as JSON lines: the cluster, then every event, requests and answers with their bodies. */
  exportJsonLines(): string {
    return this.core.exportJsonLines()
  }

  /** Adds a fault rule, behind those that are there. @throws FaultRuleError with everything that is wrong with it */
  fault(rule: FaultRule): FaultHandle {
    return withPromises(this.core.fault(rule))
  }

  /** How every rule has fared, and what kept it from acting. */
  faults(): FaultStatus[] {
    return this.core.faults()
  }

  /** @throws UnconsumedFaultsError with a table, unless every rule acted as often as it should */
  assertFaultsConsumed(): void {
    this.core.assertFaultsConsumed()
  }

  /** No rules, journal or findings; topics as configured, empty and with new ids. Brokers and connections stay. */
  reset(): void {
    this.core.reset()
  }
}

function withPromises(fault: CoreFaultHandle): FaultHandle {
  return {
    name: fault.name,
    hits: () => fault.hits(),
    remove: () => fault.remove(),
    hit: (count = 1) =>
      new Promise((resolve, reject) => {
        if (fault.hits() >= count) return resolve()
        const unwatch = fault.watch({
          hit(hits) {
            if (hits < count) return
            unwatch()
            resolve()
          },
          removed({ hits, closest }) {
            const because = closest === undefined ? '' : `; closest: ${closest}`
            reject(new Error(`the fault "${fault.name}" was taken out after ${hits} of ${count} hits${because}`))
          },
        })
      }),
  }
}
