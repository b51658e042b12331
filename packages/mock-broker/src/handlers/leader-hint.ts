import type { Call } from './handler.ts'

/** Where a node can be reached, as answers name it. */
export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/**
 * Who leads now, to go with an error that says it is not this broker (KIP-951). The address goes to `endpoints`, and
 * only if the leader lives: id and epoch alone tell a client that its metadata is old, or -1 that nobody leads.
 */
export function leaderHint(
  at: { readonly topic: string; readonly index: number } | undefined,
  { view }: Call,
  endpoints: Map<number, NodeEndpoint>,
): { readonly currentLeader: { readonly leaderId: number; readonly leaderEpoch: number } } {
  const partition = at && view.topic(at.topic)?.partitions[at.index]
  const leaderId = partition?.leaderId ?? -1
  const leader = view.node(leaderId)
  if (leader?.isFenced === false) {
    endpoints.set(leaderId, { nodeId: leaderId, host: leader.host, port: leader.port, rack: leader.rack })
  }
  return { currentLeader: { leaderId, leaderEpoch: partition?.leaderEpoch ?? -1 } }
}
