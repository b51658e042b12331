import {
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  offsetCommit,
  offsetFetch,
  type RequestInput,
  type ResponseOf,
  syncGroup,
} from '@harrow/protocol'
import type { RawClient } from './raw-client.ts'
import { bytesOf, type Simulation } from './simulated.ts'

export type Joined = ResponseOf<typeof joinGroup>
export type Synced = ResponseOf<typeof syncGroup>

/** The broker that coordinates a group; asks twice, because the first who asks makes it possible. */
export function coordinatorOf(sim: Simulation, groupId = 'readers'): number {
  const ask = () => sim.ask(findCoordinator, 4, { coordinatorKeys: [groupId] })?.coordinators[0]?.nodeId ?? -1
  const first = ask()
  return first === -1 ? ask() : first
}

/** One consumer of a group, on a connection of its own; it sends exactly what it is told. */
export class GroupClient {
  readonly sim: Simulation
  readonly groupId: string
  readonly client: RawClient
  readonly groupInstanceId: string | null
  memberId = ''
  generationId = -1
  private joinId: number | undefined
  private syncId: number | undefined

  constructor(sim: Simulation, options: { groupId?: string; groupInstanceId?: string; broker?: number } = {}) {
    this.sim = sim
    this.groupId = options.groupId ?? 'readers'
    this.groupInstanceId = options.groupInstanceId ?? null
    this.client = sim.client(options.broker ?? coordinatorOf(sim, this.groupId))
  }

  /** Sends JoinGroup and lets the answer come when it may. */
  sendJoin(options: Partial<RequestInput<typeof joinGroup>> & { version?: number } = {}): void {
    const { version = 9, ...body } = options
    const id = this.client.send(joinGroup, version, {
      groupId: this.groupId,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 30_000,
      memberId: this.memberId,
      ...(version >= 5 ? { groupInstanceId: this.groupInstanceId } : {}),
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(['orders']) }],
      ...body,
    })
    this.joinId = id
    this.sim.run(5)
  }

  sendSync(assignments: Readonly<Record<string, string>> = {}, options: Partial<RequestInput<typeof syncGroup>> = {}) {
    const id = this.client.send(syncGroup, 5, {
      groupId: this.groupId,
      generationId: this.generationId,
      memberId: this.memberId,
      groupInstanceId: this.groupInstanceId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: Object.entries(assignments).map(([memberId, text]) => {
        return { memberId, assignment: bytesOf(text) ?? new Uint8Array(0) }
      }),
      ...options,
    })
    this.syncId = id
    this.sim.run(5)
  }

  /** What came back to the last JoinGroup, undefined if nothing has. Its id and generation are used from here on. */
  get joined(): Joined | undefined {
    const answer = this.joinId === undefined ? undefined : this.client.answer(joinGroup, this.joinId)
    if (answer !== undefined && answer.memberId !== '') this.memberId = answer.memberId
    if (answer?.errorCode === 0) this.generationId = answer.generationId
    return answer
  }

  get synced(): Synced | undefined {
    return this.syncId === undefined ? undefined : this.client.answer(syncGroup, this.syncId)
  }

  /** Asks for an id and joins with it, as clients do. */
  join(options: Parameters<GroupClient['sendJoin']>[0] = {}): Joined | undefined {
    this.sendJoin(options)
    if (this.joined?.errorCode === 79) this.sendJoin(options)
    return this.joined
  }

  beat(options: Partial<RequestInput<typeof heartbeat>> = {}): number | undefined {
    const { groupId, generationId, memberId, groupInstanceId, client } = this
    const body = { groupId, generationId, memberId, groupInstanceId, ...options }
    return this.sim.ask(heartbeat, 4, body, { client })?.errorCode
  }

  leave(): number | undefined {
    const { groupId, memberId, groupInstanceId, client } = this
    return this.sim.ask(leaveGroup, 5, { groupId, members: [{ memberId, groupInstanceId }] }, { client })?.members[0]
      ?.errorCode
  }

  commit(offset: bigint, options: Partial<RequestInput<typeof offsetCommit>> & { version?: number } = {}) {
    const { version = 9, ...body } = options
    const { groupId, memberId, generationId: generationIdOrMemberEpoch, client } = this
    const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: 'm' }]
    const topics = [{ name: 'orders', partitions }]
    const asked = { groupId, memberId, generationIdOrMemberEpoch, topics, ...body }
    return this.sim.ask(offsetCommit, version, asked, { client })?.topics[0]?.partitions[0]?.errorCode
  }

  committed(): bigint | undefined {
    const groups = [{ groupId: this.groupId, topics: [{ name: 'orders', partitionIndexes: [0] }] }]
    const answer = this.sim.ask(offsetFetch, 9, { groups }, { client: this.client })
    return answer?.groups[0]?.topics[0]?.partitions[0]?.committedOffset
  }
}

/** What a consumer says about itself: version 0 of Kafka's consumer protocol, which topics it reads. */
export function subscription(topics: readonly string[]): Uint8Array {
  const names = topics.map((topic) => new TextEncoder().encode(topic))
  const bytes = new Uint8Array(6 + names.reduce((sum, { length }) => sum + 2 + length, 0) + 4)
  const view = new DataView(bytes.buffer)
  view.setInt32(2, names.length)
  let at = 6
  for (const name of names) {
    view.setInt16(at, name.length)
    bytes.set(name, at + 2)
    at += 2 + name.length
  }
  view.setInt32(at, -1)
  return bytes
}

/** A group with so many members, all of one generation and with their parts. The first leads. */
export function stableGroup(
  sim: Simulation,
  count: number,
  first: Partial<RequestInput<typeof joinGroup>> = {},
): GroupClient[] {
  const members = Array.from({ length: count }, () => new GroupClient(sim))
  for (const member of members) {
    member.sendJoin(first)
    if (member.joined?.errorCode === 79) member.sendJoin(first)
    // Those before have to come back, or the new one waits.
    for (const other of members.slice(0, members.indexOf(member))) other.sendJoin(first)
  }
  for (const member of members) if (member.joined?.errorCode !== 0) throw new Error('not joined')
  const parts = Object.fromEntries(members.map(({ memberId }, index) => [memberId, `part ${index}`]))
  for (const member of members) member.sendSync(member.joined?.leader === member.memberId ? parts : {})
  return members
}
