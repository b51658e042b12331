import { ClusterCore, type CoreFaultHandle, type FaultRule } from '@harrow/mock-broker/core'
import { Producer, type ProducerConfig } from '@harrow/producer'
import { nodeCodecs } from '@harrow/protocol/node'
import { type SimulatedRuntime, simulatedRuntime } from '@harrow/runtime/sim'
import type { ClusterShape } from './cluster-arbitrary.ts'
import type { Delivered, ModelSend, StoredValue } from './model-log.ts'
import type { ProducerStage } from './producer-stage.ts'

export interface SimulatedStageOptions {
  readonly seed?: number
  readonly cluster: ClusterShape
  readonly producer?: Partial<ProducerConfig>
}

const silent = { warn: () => {}, error: () => {} }
/** Nothing more happens in so many turns: then a promise will never settle. */
const idleTurnsMax = 20

/** Our producer, promises and all, with the mock cluster in virtual time. */
export class SimulatedStage implements ProducerStage {
  private readonly runtime: SimulatedRuntime
  private readonly cluster: ClusterCore
  private readonly producer: Producer
  private readonly topic: string
  private readonly handles: CoreFaultHandle[] = []

  constructor({ seed = 1, cluster, producer = {} }: SimulatedStageOptions) {
    this.runtime = simulatedRuntime({ seed })
    const [topic = 'orders'] = Object.keys(cluster.topics ?? {})
    this.topic = topic
    const options = { autoCreateTopics: false, ...cluster, seed } as ConstructorParameters<typeof ClusterCore>[1]
    this.cluster = new ClusterCore(this.runtime, options, { codecs: nodeCodecs })
    this.cluster.start((error) => {
      if (error !== undefined) throw error
    })
    this.runtime.clock.runUntil(this.runtime.clock.nowMs())
    const servers = { 'bootstrap.servers': this.cluster.bootstrapServers }
    this.producer = new Producer({ ...servers, ...producer }, { runtime: this.runtime, logger: silent })
  }

  async send({ record, value }: ModelSend, signal: AbortSignal): Promise<Delivered> {
    const { key, partition, headers } = record
    const wanted = {
      topic: this.topic,
      key,
      value,
      ...(partition === undefined ? {} : { partition }),
      ...(headers === undefined ? {} : { headers }),
    }
    return this.producer.send(wanted, { signal })
  }

  flush(): Promise<void> {
    return this.producer.flush()
  }

  close(timeoutMs: number | undefined): Promise<void> {
    return this.producer.close(timeoutMs === undefined ? {} : { timeoutMs })
  }

  stopBroker(broker: number): void {
    this.cluster.broker(broker).stop()
  }

  startBroker(broker: number): void {
    this.cluster.broker(broker).start()
  }

  moveLeader(partition: number): void {
    try {
      this.cluster.moveLeader({ topic: this.topic, partition })
    } catch (error) {
      // Nobody else is there to lead: then it stays where it is.
      if (!(error instanceof RangeError)) throw error
    }
  }

  fault(rule: FaultRule): void {
    this.handles.push(this.cluster.fault(rule))
  }

  async pass(ms: number): Promise<void> {
    const { clock } = this.runtime
    const untilMs = clock.nowMs() + ms
    while (clock.nextMs <= untilMs) {
      clock.step()
      await platformTurn()
    }
    clock.runUntil(untilMs)
    await platformTurn()
  }

  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    promise.then(settle, settle)
    for (let idle = 0; !isSettled; ) {
      idle = this.runtime.clock.step() ? 0 : idle + 1
      if (idle > idleTurnsMax) throw new Error('nothing more happens, and the promise is not settled')
      await platformTurn()
    }
    return promise
  }

  heal(): void {
    for (const handle of this.handles.splice(0)) handle.remove()
    for (const { id, isRunning } of this.cluster.brokers) if (!isRunning) this.startBroker(id)
  }

  stored(): StoredValue[] {
    return this.cluster.records(this.topic).map(({ partition, offset, value }) => ({
      partition,
      offset,
      value: value === null ? null : new TextDecoder().decode(value),
    }))
  }
}

/** Promises do not live in virtual time. */
function platformTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
