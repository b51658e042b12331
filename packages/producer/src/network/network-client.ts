import type { Api, RequestInput } from '@harrow/protocol'
import type { Random, Runtime } from '@harrow/runtime'
import type { ClusterNode } from '../metadata/cluster.ts'
import type { Trace } from '../trace.ts'
import { type Answer, Connection, type ConnectionOptions } from './connection.ts'
import type { CorrelationIds } from './correlation-ids.ts'
import { Reconnect, type ReconnectOptions } from './reconnect.ts'

export interface NetworkClientOptions extends ReconnectOptions {
  readonly clientId: string
  readonly requestTimeoutMs: number
  readonly maxInFlightRequestsPerConnection: number
  readonly connectionsMaxIdleMs: number
  readonly correlationIds: CorrelationIds
  readonly trace: Trace | undefined
  readonly wake: () => void
}

/** An answer to a producer is small; 100 MiB is Kafka's own limit for a frame. */
const responseBytesMax = 100 * 1024 * 1024

/** Connections by node: readiness, sending, answers, the next deadline. `C` is what the owner ties to a request. */
export class NetworkClient<C> {
  private readonly runtime: Runtime
  private readonly random: Random
  private readonly options: NetworkClientOptions
  private readonly connectionOptions: ConnectionOptions
  private readonly connections = new Map<number, Connection<C>>()

  constructor(runtime: Runtime, options: NetworkClientOptions) {
    this.runtime = runtime
    this.random = runtime.random.fork('network-client')
    this.options = options
    this.connectionOptions = { ...options, responseBytesMax }
  }

  /** Whether a request may be sent to the node now; starts connecting if that is what is missing. */
  ready(node: ClusterNode, nowMs: number): boolean {
    const connection = this.connectionTo(node)
    if (connection.isReady(nowMs)) return true
    if (connection.mayConnect(nowMs)) connection.connect(nowMs)
    return false
  }

  /** When it is worth asking `ready` again without an event. */
  readyAgainMs(node: ClusterNode, nowMs: number): number {
    return this.connectionTo(node).readyAgainMs(nowMs)
  }

  versionOf(node: ClusterNode, api: Api): number | undefined {
    return this.connections.get(node.id)?.versionOf(api)
  }

  /** The node must be `ready`. */
  send<A extends Api>(
    node: ClusterNode,
    request: {
      readonly api: A
      readonly version: number
      readonly body: RequestInput<A>
      readonly context: C
      readonly expectsResponse?: boolean
    },
    nowMs: number,
  ): void {
    const { api, version, body, context, expectsResponse = true } = request
    this.connectionTo(node).send(api, { version, body, context, expectsResponse }, nowMs)
  }

  /**
   * Takes in everything that happened; answers are in the order of each connection. `hasLost`: a connection broke or was
   * not made, so what is known of the cluster may be out of date.
   */
  poll(nowMs: number): { readonly answers: readonly Answer<C>[]; readonly hasLost: boolean } {
    const answers: Answer<C>[] = []
    let hasLost = false
    for (const connection of this.connections.values()) {
      if (connection.poll(nowMs, answers) === 'lost') hasLost = true
    }
    return { answers, hasLost }
  }

  nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const connection of this.connections.values()) next = Math.min(next, connection.nextDeadlineMs())
    return next
  }

  /**
   * Whom to ask what any broker can answer: a ready one with the fewest unanswered requests; else one that is being
   * connected to; else the one that was tried longest ago, if its backoff is over. From a random start, so that many
   * producers do not all ask the same broker.
   */
  leastLoadedNode(nodes: readonly ClusterNode[], nowMs: number): ClusterNode | undefined {
    if (nodes.length === 0) return undefined
    const offset = this.random.below(nodes.length)
    let best: ClusterNode | undefined
    let fewest = Number.POSITIVE_INFINITY
    let pending: ClusterNode | undefined
    let oldest: ClusterNode | undefined
    let oldestMs = Number.POSITIVE_INFINITY
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[(offset + i) % nodes.length]!
      const connection = this.connectionTo(node)
      if (connection.isReady(nowMs)) {
        if (connection.inFlightCount < fewest) {
          fewest = connection.inFlightCount
          best = node
        }
      } else if (connection.state === 'connecting' || connection.state === 'negotiating') {
        pending ??= node
      } else if (connection.mayConnect(nowMs) && connection.lastAttemptMs < oldestMs) {
        oldestMs = connection.lastAttemptMs
        oldest = node
      } else if (connection.mayConnect(nowMs)) {
        oldest ??= node
      }
    }
    return best ?? pending ?? oldest
  }

  /** Whether any of them is connected, even if too busy or throttled to take a request now. */
  hasConnected(nodes: readonly ClusterNode[]): boolean {
    return nodes.some((node) => this.connections.get(node.id)?.state === 'ready')
  }

  get inFlightRequests(): number {
    let count = 0
    for (const connection of this.connections.values()) count += connection.inFlightCount
    return count
  }

  inspect(): { readonly node: number; readonly state: string; readonly inFlightRequests: number }[] {
    return [...this.connections.values()].map(({ node, state, inFlightCount }) => ({
      node,
      state,
      inFlightRequests: inFlightCount,
    }))
  }

  /** Forgets all connections, without answers. */
  close(): void {
    for (const connection of this.connections.values()) connection.close()
    this.connections.clear()
  }

  private connectionTo(node: ClusterNode): Connection<C> {
    const known = this.connections.get(node.id)
    if (known !== undefined) {
      known.moveTo(node)
      return known
    }
    const reconnect = new Reconnect(this.random.fork(`reconnect ${node.id}`), this.options)
    const parts = { transport: this.runtime.transport, reconnect }
    const connection = new Connection<C>({ node: node.id, address: node }, parts, this.connectionOptions)
    this.connections.set(node.id, connection)
    return connection
  }
}
