import { kafkaErrors, metadata as metadataApi, type ResponseOf } from '@harrow/protocol'
import type { ClusterNode } from '../metadata/cluster.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { Answer } from '../network/connection.ts'
import type { NetworkClient } from '../network/network-client.ts'
import type { RequestContext } from './request-context.ts'

/** KIP-1102: the broker wants its clients to start over from the bootstrap servers. */
const rebootstrapRequired = 129

/** Asks for metadata when it is due: joins the plan (Metadata) and the wire (NetworkClient). */
export class MetadataFetch {
  private readonly metadata: Metadata
  private readonly network: NetworkClient<RequestContext>
  private readonly mayRebootstrap: boolean

  constructor(
    parts: { readonly metadata: Metadata; readonly network: NetworkClient<RequestContext> },
    options: { readonly mayRebootstrap: boolean },
  ) {
    this.metadata = parts.metadata
    this.network = parts.network
    this.mayRebootstrap = options.mayRebootstrap
  }

  /** Returns when to look again without an event. */
  run(nowMs: number): number {
    const { metadata } = this
    if (this.mayRebootstrap && nowMs >= metadata.rebootstrapMs) metadata.rebootstrap()
    const nextMs = this.ask(nowMs)
    return this.mayRebootstrap ? Math.min(nextMs, metadata.rebootstrapMs) : nextMs
  }

  /**
   * Returns when to look again without an event.
   * Differs from Java: a connection that is lost while an update is due does not count as a failed update. It has a
   * backoff of its own, and another broker can be asked meanwhile.
   */
  private ask(nowMs: number): number {
    const { metadata } = this
    const dueMs = metadata.nextUpdateMs()
    if (dueMs > nowMs) return dueMs
    metadata.noteDue(nowMs)
    const node = this.chooseNode(nowMs)
    if (node === undefined) return this.nextChanceMs(nowMs)
    // Not ready means connecting, or busy: an event follows.
    if (this.network.ready(node, nowMs)) this.send(node, nowMs)
    return metadata.nextUpdateMs() > nowMs ? metadata.nextUpdateMs() : Number.POSITIVE_INFINITY
  }

  settle(answer: Answer<RequestContext>, nowMs: number): void {
    const { context, version } = answer.request
    if (context.kind !== 'metadata') return
    if (answer.kind !== 'response') {
      this.metadata.handleFailure(answer.kind === 'disconnected' ? answer.because : answer.kind, nowMs)
      return
    }
    const response = answer.body as ResponseOf<typeof metadataApi>
    if (response.errorCode === rebootstrapRequired) {
      this.metadata.handleFailure('the broker asks to rebootstrap', nowMs)
      if (this.mayRebootstrap) this.metadata.rebootstrap()
      return
    }
    this.metadata.handleResponse(context.request, version, response, nowMs)
  }

  private chooseNode(nowMs: number): ClusterNode | undefined {
    const { metadata, network } = this
    const node = network.leastLoadedNode(metadata.candidates, nowMs)
    if (node !== undefined || !this.mayRebootstrap || network.hasConnected(metadata.candidates)) return node
    // KIP-899: nobody whom we know can be reached now.
    return metadata.rebootstrap() ? network.leastLoadedNode(metadata.candidates, nowMs) : undefined
  }

  private nextChanceMs(nowMs: number): number {
    return this.metadata.candidates.reduce(
      (next, node) => Math.min(next, this.network.readyAgainMs(node, nowMs)),
      Number.POSITIVE_INFINITY,
    )
  }

  private send(node: ClusterNode, nowMs: number): void {
    const version = this.network.versionOf(node, metadataApi)
    if (version === undefined) {
      this.metadata.refuse(kafkaErrors.UNSUPPORTED_VERSION, nowMs)
      return
    }
    const request = this.metadata.startRequest(nowMs)
    const body = { topics: request.topics.map((name) => ({ name })), allowAutoTopicCreation: true }
    this.network.send(node, { api: metadataApi, version, body, context: { kind: 'metadata', request } }, nowMs)
  }
}
