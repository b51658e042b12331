import type { joinGroup, RequestOf, ResponseInput, syncGroup } from '@harrow/protocol'

export type JoinAnswer = ResponseInput<typeof joinGroup>
export type SyncAnswer = ResponseInput<typeof syncGroup>

/** A way to divide the work that a member supports, and what it has to say about itself in that way. */
export type GroupProtocol = RequestOf<typeof joinGroup>['protocols'][number]

/** A member of a group. Java: `ClassicGroupMember`. */
export interface GroupMember {
  readonly id: string
  /** Of a static member (KIP-345). */
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  /** In the order of its preference. */
  protocols: readonly GroupProtocol[]
  assignment: Uint8Array
  /** It has never been answered: it does not know its id, so it sends no heartbeats. */
  isNew: boolean
  /** Its JoinGroup waits for the others. */
  awaitingJoin: ((answer: JoinAnswer) => void) | undefined
  /** Its SyncGroup waits for the leader. */
  awaitingSync: ((answer: SyncAnswer) => void) | undefined
}

/** What a member says about itself in a protocol. */
export function metadataFor(member: GroupMember, protocolName: string | null): Uint8Array {
  return member.protocols.find(({ name }) => name === protocolName)?.metadata ?? noBytes
}

/** Whether a member that joins again says the same as before. */
export function saysTheSame(member: GroupMember, protocols: readonly GroupProtocol[]): boolean {
  return (
    member.protocols.length === protocols.length &&
    member.protocols.every(({ name, metadata }, index) => {
      const other = protocols[index]
      return other?.name === name && isEqual(other.metadata, metadata)
    })
  )
}

/** Members that wait here are alive: they need no heartbeats. New ones are not believed for ever. */
export function hasSatisfiedHeartbeat({ isNew, awaitingJoin, awaitingSync }: GroupMember): boolean {
  return !isNew && (awaitingJoin !== undefined || awaitingSync !== undefined)
}

/** Bytes that a member keeps alive. */
export function memberBytes({
  id,
  groupInstanceId,
  clientId,
  protocols,
  assignment,
}: Pick<GroupMember, 'id' | 'groupInstanceId' | 'clientId' | 'protocols' | 'assignment'>): number {
  const own = protocols.reduce((sum, { name, metadata }) => sum + name.length + metadata.length, 0)
  return fixedBytes + id.length + (groupInstanceId?.length ?? 0) + clientId.length + assignment.length + own
}

export const noBytes = new Uint8Array(0)

/** About what the object itself weighs. */
const fixedBytes = 256

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
