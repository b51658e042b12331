import type { Address, Peer, Random, Transport } from '@harrow/runtime'
import type { Cluster, ClusterNode } from './cluster.ts'
import { Connection } from './connection.ts'
import { Door } from './door.ts'
import type { Side } from './faults/fault-kind.ts'
import type { Pipeline } from './pipeline.ts'
import type { Timers } from './timers.ts'

export interface BrokerParts {
  readonly cluster: Cluster
  readonly node: ClusterNode
  readonly transport: Transport
  readonly pipeline: Pipeline
  readonly timers: Timers
  /** Ordinal of the next connection of the whole cluster. */
  readonly nextConnection: () => number
  readonly random: Random
}

/** A client that does not read what was sent holds up an orderly close for no longer than this. */
const lingerMs = 250

/** One node: listens, accepts, and hands whole connections to the pipeline. Starts again on the port it had. */
export class Broker {
  private readonly parts: BrokerParts
  private readonly connections = new Set<Connection>()
  private readonly door: Door
  /** Faults that let nothing through on any connection. */
  private readonly cuts = new Set<{ readonly side: Side; readonly lift: (() => void)[] }>()
  private isOpening = false
  /** For good: whoever was to start it again comes too late. */
  private leaving = false
  private state: 'down' | 'starting' | 'up' | 'stopping' = 'down'
  /** Counts starts: what was received before the last one is of another life. */
  private life = 0
  private cancelFencing: (() => void) | undefined
  /** The rest of a shutdown that has told the controller and not yet closed its door. */
  private endLater: (() => void) | undefined
  /** What was asked for while a start or a stop was under way, in order. */
  private readonly later: (() => void)[] = []

  constructor(parts: BrokerParts) {
    this.parts = parts
    this.door = new Door(parts.transport)
  }

  get node(): ClusterNode {
    return this.parts.node
  }

  get openConnections(): number {
    return this.connections.size
  }

  get isLeaving(): boolean {
    return this.leaving
  }

  /** Listens; `done` with an error if the address cannot be had, or if it leaves. Does nothing if it is up. */
  start(done: (error?: Error) => void, options: { readonly atNewPort: boolean } = { atNewPort: false }): void {
    if (this.isChanging) {
      this.later.push(() => this.start(done, options))
      return
    }
    const { cluster, node } = this.parts
    if (this.leaving) {
      done(new Error(`broker ${node.id} has left the cluster`))
      return
    }
    if (this.state === 'up') {
      done()
      return
    }
    this.state = 'starting'
    this.life++
    const port = options.atNewPort ? 0 : node.port
    this.door.open({ host: node.host, port }, () => this.accept(), {
      onListening: ({ port }: Address) => {
        node.port = port
        this.state = 'up'
        node.isRunning = true
        cluster.tell({ event: 'broker-started', broker: node.id, port })
        this.cancelFencing?.()
        this.cancelFencing = undefined
        cluster.controller.brokerStarted(node)
        done()
        this.goOn()
      },
      onError: (error) => {
        this.state = 'down'
        done(error)
        this.goOn()
      },
    })
  }

  /**
   * Nobody listens from now on, and every connection ends: in good order, or as if the process had been killed. `done`
   * when the port is free. Does nothing if it is down.
   */
  stop(how: 'fin' | 'reset', done: () => void): void {
    if (this.isChanging) {
      this.later.push(() => this.stop(how, done))
      // When the whole cluster stops it takes back every timer, and with it the one that this broker waits for.
      if (!this.parts.cluster.isStarted) this.endLater?.()
      return
    }
    if (this.state === 'down') {
      done()
      return
    }
    this.state = 'stopping'
    if (how === 'reset') {
      this.end(how, done)
      return
    }
    const { cluster, node, timers } = this.parts
    // Leaders move while it still answers, so that whoever waits for replicas is told before the door closes.
    if (cluster.isStarted) cluster.controller.controlledShutdown(node)
    const endLater = (): void => {
      cancel()
      this.endLater = undefined
      this.end(how, done)
    }
    this.endLater = endLater
    const cancel = timers.after(0, endLater)
  }

  /** Shuts it down in good order, and for good. */
  leave(done: () => void): void {
    this.leaving = true
    this.stop('fin', done)
  }

  /** Its process ends. */
  private end(how: 'fin' | 'reset', done: () => void): void {
    const { cluster, node, timers } = this.parts
    node.isRunning = false
    const closing = [...this.connections]
    const cancelLinger = timers.after(lingerMs, () => {
      for (const connection of closing) connection.abandon()
    })
    for (const connection of closing) connection.close(how, `broker ${node.id} stops`)
    this.door.close(() => {
      cancelLinger()
      this.state = 'down'
      done()
      this.goOn()
    })
    cluster.producerIds.forget(node.id)
    node.fetchSessions.clear()
    cluster.tell({ event: 'broker-stopped', broker: node.id, how })
    if (!cluster.isStarted) node.isFenced = true
    else if (how === 'fin') cluster.controller.brokerShutDown(node)
    else this.fenceLater()
  }

  /** Nobody is told that a process was killed: the controller misses its heartbeats after a while. */
  private fenceLater(): void {
    const { cluster, node, timers } = this.parts
    const { brokerSessionTimeoutMs } = cluster.config
    if (brokerSessionTimeoutMs === 0) {
      cluster.controller.brokerFenced(node)
      return
    }
    this.cancelFencing = timers.after(brokerSessionTimeoutMs, () => cluster.controller.brokerFenced(node))
  }

  /** Refuses new connections, or takes them again. Does nothing to a broker that is down: it starts with an open door. */
  refuse(refuse: boolean, failed: (error: Error) => void): void {
    if (this.isChanging) {
      this.later.push(() => this.refuse(refuse, failed))
      return
    }
    if (this.state === 'down') return
    if (refuse) {
      this.door.shut()
      return
    }
    if (this.door.isOpen) return
    const { node } = this.parts
    const opened = (): void => {
      this.isOpening = false
      this.goOn()
    }
    this.isOpening = true
    this.door.open({ host: node.host, port: node.port }, () => this.accept(), {
      onListening: opened,
      onError: (error) => {
        failed(error)
        opened()
      },
    })
  }

  /** Nothing gets through to its clients or from them, on connections that are open and on new ones; returns how to end it. */
  cutOff(side: Side): () => void {
    const cut = { side, lift: [...this.connections].map((connection) => connection.clog(side)) }
    this.cuts.add(cut)
    return () => {
      this.cuts.delete(cut)
      for (const lift of cut.lift) lift()
    }
  }

  private accept(): Peer {
    const { cluster, node, pipeline, timers, nextConnection } = this.parts
    const id = nextConnection()
    const { life } = this
    const connection = new Connection({
      cluster,
      node,
      pipeline,
      timers,
      id,
      random: this.parts.random.fork(`connection ${id}`),
      isBrokerUp: () => this.state === 'up' && this.life === life,
      onClosed: (closed) => void this.connections.delete(closed),
    })
    cluster.tell({ event: 'connection-accepted', broker: node.id, connection: id })
    const { connectionsMax } = cluster.config
    this.connections.add(connection)
    for (const cut of this.cuts) cut.lift.push(connection.clog(cut.side))
    if (this.state !== 'up') connection.close('reset', `broker ${node.id} stops`)
    else if (this.connections.size > connectionsMax) {
      // As Kafka does it: accepted, then closed at once (F9).
      const message = `${connectionsMax} connections are open already (connectionsMax)`
      cluster.find({ kind: 'limit', broker: node.id, connection: id, message })
      connection.close('fin', message)
    } else pipeline.accepted(connection)
    return connection
  }

  private get isChanging(): boolean {
    return this.isOpening || this.state === 'starting' || this.state === 'stopping'
  }

  private goOn(): void {
    while (!this.isChanging && this.later.length > 0) this.later.shift()?.()
  }
}
