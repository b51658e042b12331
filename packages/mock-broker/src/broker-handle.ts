import type { BrokerNode } from './cluster-node.ts'
import type { CoreBroker } from './core-broker.ts'

/** One broker of a cluster, to be stopped and started. */
export interface BrokerHandle extends Readonly<BrokerNode> {
  /** Shuts it down: connections end in good order. Resolves when its port is free. */
  stop(): Promise<void>
  /** As if its process was killed: connections are reset. */
  kill(): Promise<void>
  /** Starts it again on the port it had. Rejects if somebody else took it. */
  start(): Promise<void>
  readonly openConnections: number
}

/** A broker of the core, with promises. */
export class PromisedBroker implements BrokerHandle {
  readonly id: number
  readonly host: string
  readonly rack: string | null
  private readonly broker: CoreBroker

  constructor(broker: CoreBroker) {
    const { id, host, rack } = broker
    this.id = id
    this.host = host
    this.rack = rack
    this.broker = broker
  }

  get port(): number {
    return this.broker.port
  }

  get isRunning(): boolean {
    return this.broker.isRunning
  }

  get openConnections(): number {
    return this.broker.openConnections
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.broker.stop(resolve))
  }

  kill(): Promise<void> {
    return new Promise((resolve) => this.broker.kill(resolve))
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => this.broker.start((error) => (error ? reject(error) : resolve())))
  }
}
