import { invariant, type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import type { Partition } from '../replication/partition.ts'
import { CommittedOffsets } from './committed-offsets.ts'
import { consumerProtocolType, subscribedTopics } from './consumer-protocol.ts'
import {
  type GroupMember,
  type GroupProtocol,
  type JoinAnswer,
  memberBytes,
  metadataFor,
  noBytes,
  type SyncAnswer,
} from './group-member.ts'
import type { KeyedTimers } from './keyed-timers.ts'

/** By Kafka's names. Java: `ClassicGroupState`; `Dead` is what is said of a group that does not exist. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

const statesBefore: Readonly<Record<GroupState, readonly GroupState[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
}

/** What a coordinator writes down of a group, and all that the next one knows of it. Java: `GroupMetadataValue`. */
interface SavedGroup {
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leaderId: string | null
  readonly members: readonly GroupMember[]
}

/**
 * A group: who is in it, what they support and how far they have read. What happens to it is decided in `rebalance.ts`
 * and its neighbours; here it is only kept whole. Java: `ClassicGroup`.
 */
export class ClassicGroup {
  readonly id: string
  /** The partition of `__consumer_offsets` that it belongs to: who leads that coordinates the group. */
  readonly home: Partition
  readonly timers: KeyedTimers
  readonly offsets = new CommittedOffsets()
  state: GroupState = 'Empty'
  previousState: GroupState | undefined
  generationId = 0
  protocolType: string | null = null
  protocolName: string | null = null
  leaderId: string | null = null
  readonly members = new Map<string, GroupMember>()
  /** Those that were given an id and have not come back with it (KIP-394). */
  readonly pendingJoin = new Set<string>()
  /** Those of this generation that have not sent SyncGroup. */
  readonly pendingSync = new Set<string>()
  /** Somebody joined during the first rebalance, so it takes a little longer. */
  isNewMemberAdded = false
  private memberBytes = 0
  private readonly staticMembers = new Map<string, string>()
  private saved: SavedGroup | undefined

  constructor(id: string, home: Partition, timers: KeyedTimers) {
    this.id = id
    this.home = home
    this.timers = timers
  }

  /** Never joined: it only commits offsets. */
  get isSimple(): boolean {
    return this.protocolType === null && this.state === 'Empty' && this.pendingJoin.size === 0
  }

  get usesConsumerProtocol(): boolean {
    return this.protocolType === consumerProtocolType
  }

  get hasAllMembersJoined(): boolean {
    return this.awaitingJoinCount === this.members.size && this.pendingJoin.size === 0
  }

  get awaitingJoinCount(): number {
    let count = 0
    for (const { awaitingJoin } of this.members.values()) if (awaitingJoin !== undefined) count++
    return count
  }

  /** The longest that a member asks for. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const { rebalanceTimeoutMs } of this.members.values()) longest = Math.max(longest, rebalanceTimeoutMs)
    return longest
  }

  get canRebalance(): boolean {
    return statesBefore.PreparingRebalance.includes(this.state)
  }

  /** Bytes that its members, when they were last counted, and its offsets keep alive. */
  get bytes(): number {
    return this.memberBytes + this.offsets.bytes
  }

  countMembers(): void {
    this.memberBytes = this.pendingJoin.size * pendingBytes
    for (const member of this.members.values()) this.memberBytes += memberBytes(member)
  }

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId
  }

  staticMemberId(groupInstanceId: string): string | undefined {
    return this.staticMembers.get(groupInstanceId)
  }

  transitionTo(state: GroupState): void {
    invariant(statesBefore[state].includes(this.state), `group ${this.id} goes from ${this.state} to ${state}`)
    this.previousState = this.state
    this.state = state
  }

  add(member: GroupMember): void {
    if (member.groupInstanceId !== null) this.staticMembers.set(member.groupInstanceId, member.id)
    this.leaderId ??= member.id
    this.members.set(member.id, member)
    this.pendingJoin.delete(member.id)
  }

  remove(memberId: string): void {
    const member = this.members.get(memberId)
    this.members.delete(memberId)
    if (member?.groupInstanceId != null) this.staticMembers.delete(member.groupInstanceId)
    if (this.isLeader(memberId)) this.leaderId = [...this.members.keys()][0] ?? null
    this.pendingJoin.delete(memberId)
    this.pendingSync.delete(memberId)
  }

  /** A static member is back under another id: whoever still uses the old one is fenced. */
  replaceStaticMember(groupInstanceId: string, newId: string): GroupMember {
    const oldId = this.staticMembers.get(groupInstanceId) ?? ''
    const old = this.members.get(oldId)
    invariant(old !== undefined, `group ${this.id} has no static member ${groupInstanceId}`)
    this.members.delete(oldId)
    const { code } = kafkaErrors.FENCED_INSTANCE_ID
    this.answerJoin(old, { errorCode: code, memberId: oldId, protocolName: null, leader: '', members: [] })
    this.answerSync(old, { errorCode: code, assignment: noBytes })
    const member: GroupMember = { ...old, id: newId, isNew: false }
    this.members.set(newId, member)
    if (this.isLeader(oldId)) this.leaderId = newId
    this.staticMembers.set(groupInstanceId, newId)
    return member
  }

  /** Whether a member with these protocols fits to those that are there. */
  supports(protocolType: string, protocols: readonly GroupProtocol[]): boolean {
    if (this.state === 'Empty') return protocolType !== '' && protocols.length > 0
    if (this.protocolType !== protocolType) return false
    return protocols.some(({ name }) => this.supportersOf(name) === this.members.size)
  }

  /** Every member votes for the first of its protocols that all support. */
  selectProtocol(): string | null {
    const votes = new Map<string, number>()
    for (const { protocols } of this.members.values()) {
      const choice = protocols.find(({ name }) => this.supportersOf(name) === this.members.size)
      if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
    }
    return [...votes].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? null
  }

  /** If the leader has not joined again, somebody who has leads. False if nobody has. */
  electJoinedLeader(): boolean {
    const leader = this.leaderId === null ? undefined : this.members.get(this.leaderId)
    if (leader === undefined) return false
    if (leader.awaitingJoin !== undefined) return true
    for (const member of this.members.values()) {
      if (member.awaitingJoin === undefined) continue
      this.leaderId = member.id
      return true
    }
    return false
  }

  /** The members as they are now make a generation of their own. */
  beginGeneration(): void {
    this.generationId++
    this.protocolName = this.selectProtocol()
    this.transitionTo(this.members.size === 0 ? 'Empty' : 'CompletingRebalance')
    this.pendingSync.clear()
  }

  /** What the leader needs to know of everybody. */
  joinedMembers(): { memberId: string; groupInstanceId: string | null; metadata: Uint8Array }[] {
    return [...this.members.values()].map((member) => {
      const { id: memberId, groupInstanceId } = member
      return { memberId, groupInstanceId, metadata: metadataFor(member, this.protocolName) }
    })
  }

  answerJoin(member: GroupMember, answer: JoinAnswer): void {
    const { awaitingJoin } = member
    member.awaitingJoin = undefined
    awaitingJoin?.(answer)
  }

  /** False if it did not wait. */
  answerSync(member: GroupMember, answer: SyncAnswer): boolean {
    const { awaitingSync } = member
    member.awaitingSync = undefined
    awaitingSync?.(answer)
    return awaitingSync !== undefined
  }

  /** Why a request in the name of this member is refused, undefined if it is not. */
  memberProblem(memberId: string, groupInstanceId: string | null): KafkaErrorRow | undefined {
    if (groupInstanceId !== null) {
      const known = this.staticMembers.get(groupInstanceId)
      if (known === undefined) return kafkaErrors.UNKNOWN_MEMBER_ID
      if (known !== memberId) return kafkaErrors.FENCED_INSTANCE_ID
    }
    return this.members.has(memberId) ? undefined : kafkaErrors.UNKNOWN_MEMBER_ID
  }

  /** Whether members read this topic, as far as the group can tell. */
  isSubscribedTo(topic: string): boolean {
    if (!this.usesConsumerProtocol) return false
    if (this.members.size === 0) return false
    const names = [...this.members.values()].map((member) => subscribedTopics(metadataFor(member, this.protocolName)))
    // A subscription that cannot be read may be to any topic.
    return names.some((topics) => topics === undefined || topics.includes(topic))
  }

  /** Writes down what outlives the coordinator. */
  save(): void {
    const { generationId, protocolType, protocolName, leaderId } = this
    const members = [...this.members.values()].map((member) => ({ ...member, ...nobodyWaits }))
    this.saved = { generationId, protocolType, protocolName, leaderId, members }
  }

  /** Becomes what was written down last: whatever was under way is lost, and whoever waits is told why. */
  restore(error: KafkaErrorRow): void {
    const errorCode = error.code
    for (const member of this.members.values()) {
      this.answerJoin(member, { errorCode, memberId: member.id, protocolName: null, leader: '', members: [] })
      this.answerSync(member, { errorCode, assignment: noBytes })
    }
    this.timers.cancelAll()
    this.pendingJoin.clear()
    this.pendingSync.clear()
    this.members.clear()
    this.staticMembers.clear()
    this.isNewMemberAdded = false
    const { generationId = 0, protocolType = null, protocolName = null, leaderId = null } = this.saved ?? {}
    Object.assign(this, { generationId, protocolType, protocolName, leaderId, previousState: undefined })
    for (const member of this.saved?.members ?? []) this.add({ ...member, isNew: false })
    this.state = this.members.size === 0 ? 'Empty' : 'Stable'
  }

  private supportersOf(protocol: string): number {
    let count = 0
    for (const { protocols } of this.members.values()) if (protocols.some(({ name }) => name === protocol)) count++
    return count
  }
}

const nobodyWaits = { awaitingJoin: undefined, awaitingSync: undefined }

/** About what an id that was given out weighs. */
const pendingBytes = 128
