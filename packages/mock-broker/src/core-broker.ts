import type { Broker } from './broker.ts'
import type { BrokerNode } from './cluster-node.ts'

/** One broker of a cluster, to be stopped and started. */
export class CoreBroker implements Readonly<BrokerNode> {
  readonly id: number
  readonly host: string
  readonly rack: string | null
  private readonly broker: Broker

  constructor(broker: Broker) {
    const { id, host, rack } = broker.node
    this.id = id
    this.host = host
    this.rack = rack
    this.broker = broker
  }

  get port(): number {
    return this.broker.node.port
  }

  get isRunning(): boolean {
    return this.broker.node.isRunning
  }

  /** Connections open now. */
  get openConnections(): number {
    return this.broker.openConnections
  }

  /** Shuts it down: connections end in good order. `done` when its port is free. */
  stop(done: () => void = () => {}): void {
    this.broker.stop('fin', done)
  }

  /** As if its process was killed: connections are reset. */
  kill(done: () => void = () => {}): void {
    this.broker.stop('reset', done)
  }

  /** Starts it again on the port it had. */
  start(done: (error?: Error) => void = () => {}): void {
    this.broker.start(done)
  }
}
