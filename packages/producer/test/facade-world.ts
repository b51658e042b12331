import { type SimulatedRuntime, simulatedRuntime } from '@harrow/runtime/sim'
import type { ProducerConfig, ProducerEvent } from '../src/core.ts'
import { Producer, type ProducerOptions } from '../src/index.ts'
import { ScriptedCluster } from './scripted-broker.ts'

/** The promise side of a producer, in virtual time. */
export class FacadeWorld<K = string | Uint8Array, V = string | Uint8Array> {
  readonly runtime: SimulatedRuntime = simulatedRuntime({ seed: 1 })
  readonly cluster: ScriptedCluster = new ScriptedCluster(this.runtime).topic('orders')
  readonly producer: Producer<K, V>
  readonly events: ProducerEvent[] = []
  readonly logged: string[] = []

  constructor(config: Partial<ProducerConfig<K, V>> = {}, options: ProducerOptions = {}) {
    const log = (_: unknown, message: string): void => void this.logged.push(message)
    const servers = { 'bootstrap.servers': this.cluster.bootstrapServers }
    this.producer = new Producer<K, V>(
      { ...servers, ...config },
      {
        runtime: this.runtime,
        logger: { warn: log, error: log },
        trace: (event) => void this.events.push(event),
        ...options,
      },
    )
  }

  get nowMs(): number {
    return this.runtime.clock.nowMs()
  }

  /** Lets virtual time pass until the promise is settled; fails if nothing more can happen before. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    promise.then(settle, settle)
    for (let idle = 0; !isSettled; ) {
      idle = this.runtime.clock.step() ? 0 : idle + 1
      if (idle > 20) throw new Error('nothing more happens, and the promise is not settled')
      await platformTurn()
    }
    return promise
  }

  /** Lets that much virtual time pass. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms
    while (this.runtime.clock.nextMs <= untilMs) {
      this.runtime.clock.step()
      await platformTurn()
    }
    this.runtime.clock.runUntil(untilMs)
    await platformTurn()
  }
}

/** Promises and streams get on: they do not live in virtual time. */
function platformTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
