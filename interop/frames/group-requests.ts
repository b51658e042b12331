import {
  type Api,
  decodeResponse,
  deleteGroups,
  describeGroups,
  heartbeat,
  joinGroup,
  leaveGroup,
  listGroups,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  type RequestInput,
  type ResponseOf,
  syncGroup,
} from '@harrow/protocol'
import type { BrokerConnection } from '../wire/broker-connection.ts'
import { waitForCoordinator } from '../wire/wait-for-coordinator.ts'
import type { KnownTopic } from './own-requests.ts'

/** The highest version of an API that the broker serves; undefined: none. */
export type Served = (api: Api) => { readonly minVersion: number; readonly maxVersion: number } | undefined

/**
 * The life of a group at every version of its APIs: answers that say something need a member that has really joined, so
 * each request is made of the answers before. An API that is older than another one here is asked at its newest then.
 */
export async function sendGroupRequests(
  connection: BrokerConnection,
  topic: KnownTopic,
  served: Served,
): Promise<void> {
  await waitForCoordinator(connection)
  for (let version = 0; version <= joinGroup.versions.max; version++) {
    await new GroupLife(connection, topic, served, version).play()
  }
}

class GroupLife {
  private readonly connection: BrokerConnection
  private readonly topic: KnownTopic
  private readonly served: Served
  private readonly version: number
  private readonly groupId: string

  constructor(connection: BrokerConnection, topic: KnownTopic, served: Served, version: number) {
    this.connection = connection
    this.topic = topic
    this.served = served
    this.version = version
    this.groupId = `golden-${version}`
  }

  async play(): Promise<void> {
    const { groupId, version, topic } = this
    const isById = (api: Api) => Math.min(version, api.versions.max) >= 10
    const named = (api: Api) => (isById(api) ? { topicId: topic.id } : { name: topic.name })
    const first = await this.join('')
    const { memberId, generationId } = first?.errorCode === 79 ? ((await this.join(first.memberId)) ?? first) : first!
    const assignments = [{ memberId, assignment: new TextEncoder().encode('part') }]
    const protocol = version < 5 ? {} : { protocolType: 'consumer', protocolName: 'range' }
    await this.ask(syncGroup, { groupId, generationId, memberId, ...protocol, assignments })
    await this.ask(heartbeat, { groupId, generationId, memberId })
    const partitions = [{ partitionIndex: 0, committedOffset: 1n, committedMetadata: 'read' }]
    const ofMember = { groupId, generationIdOrMemberEpoch: generationId, memberId }
    for (const atLeast of [version, 10]) {
      // Version 10 of these has no counterpart among the versions of JoinGroup.
      const topics = [{ ...(atLeast === 10 ? { topicId: topic.id } : named(offsetCommit)), partitions }]
      await this.ask(offsetCommit, { ...ofMember, topics }, atLeast)
      const asked = [{ ...(atLeast === 10 ? { topicId: topic.id } : named(offsetFetch)), partitionIndexes: [0, 1] }]
      const body = atLeast < 8 ? { groupId, topics: asked as [] } : { groups: [{ groupId, topics: asked }] }
      await this.ask(offsetFetch, body, atLeast)
    }
    await this.ask(listGroups, version < 4 ? {} : { statesFilter: ['Stable'] })
    const groups = [groupId, 'nobody']
    await this.ask(describeGroups, { groups, ...(version < 3 ? {} : { includeAuthorizedOperations: true }) })
    await this.ask(offsetDelete, { groupId, topics: [{ name: topic.name, partitions: [{ partitionIndex: 0 }] }] })
    const leaving = version < 3 ? { memberId } : { members: [{ memberId }, { memberId: 'stranger' }] }
    await this.ask(leaveGroup, { groupId, ...leaving })
    await this.ask(deleteGroups, { groupsNames: groups })
  }

  private join(memberId: string): Promise<ResponseOf<typeof joinGroup> | undefined> {
    return this.ask(joinGroup, {
      groupId: this.groupId,
      sessionTimeoutMs: 10_000,
      ...(this.version < 1 ? {} : { rebalanceTimeoutMs: 10_000 }),
      memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Uint8Array.of(0, 0, 0, 0, 0, 0, 255, 255, 255, 255) }],
    })
  }

  /** At the version of this life, or the newest below it; nothing if the broker does not serve it. */
  private async ask<A extends Api>(
    api: A,
    body: RequestInput<A>,
    wanted = this.version,
  ): Promise<ResponseOf<A> | undefined> {
    const version = Math.min(wanted, api.versions.max)
    const range = this.served(api)
    const isServed = range !== undefined && version >= range.minVersion && version <= range.maxVersion
    if (!isServed || version < api.versions.min) return undefined
    return decodeResponse(api, version, await this.connection.request(api, version, body)).body
  }
}
