import { type joinGroup, type KafkaErrorRow, kafkaErrors, type RequestOf } from '@harrow/protocol'
import type { ClassicGroup } from './classic-group.ts'
import type { GroupCoordinator } from './group-coordinator.ts'
import { type GroupMember, type JoinAnswer, memberBytes, noBytes, saysTheSame } from './group-member.ts'
import {
  completeJoinIfAllJoined,
  joined,
  prepareRebalance,
  rebalanceOrCompleteJoin,
  schedulePending,
  scheduleSession,
} from './rebalance.ts'

/** A JoinGroup and what is known of who sent it. */
export interface Joining {
  readonly coordinator: GroupCoordinator
  readonly request: RequestOf<typeof joinGroup>
  readonly version: number
  readonly clientId: string
  readonly clientHost: string
  readonly at: { readonly broker: number; readonly connection: number }
  readonly answer: (answer: JoinAnswer) => void
}

/** First version in which a member is given its id before it is in (KIP-394). */
const memberIdRequiredFrom = 4
/** First version that can tell a leader to leave the assignment as it is (KIP-814). */
const skipAssignmentFrom = 9
/** How long a new member may wait without a sign of life. Java: `CLASSIC_GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS`. */
const newMemberJoinTimeoutMs = 5 * 60_000

/** Java: `GroupMetadataManager.classicGroupJoinToClassicGroup`. */
export function join(joining: Joining): void {
  const { coordinator, request } = joining
  const { groupId, memberId } = request
  const isNew = memberId === ''
  const known = coordinator.group(groupId)
  if (known === undefined && !isNew) {
    refuse(joining, kafkaErrors.UNKNOWN_MEMBER_ID)
    return
  }
  const group = known ?? coordinator.create(groupId, joining.at)
  if (group === undefined || !hasRoom(joining, group)) {
    refuse(joining, kafkaErrors.GROUP_MAX_SIZE_REACHED, '')
    return
  }
  if (!accepts(coordinator, group, memberId)) {
    group.remove(memberId)
    refuse(joining, kafkaErrors.GROUP_MAX_SIZE_REACHED, '')
  } else if (!group.supports(request.protocolType, request.protocols)) {
    refuse(joining, kafkaErrors.INCONSISTENT_GROUP_PROTOCOL)
  } else if (isNew) {
    joinNew(joining, group)
  } else if (group.pendingJoin.has(memberId)) {
    // Only dynamic members are given an id first.
    if (request.groupInstanceId !== null) refuse(joining, kafkaErrors.UNKNOWN_SERVER_ERROR, '')
    else addMember(joining, group, memberId)
  } else joinAgain(joining, group)
  coordinator.countMembers(group)
}

function joinNew(joining: Joining, group: ClassicGroup): void {
  const { coordinator, request, version, clientId } = joining
  const { groupInstanceId } = request
  const memberId = coordinator.newMemberId(groupInstanceId ?? clientId)
  if (groupInstanceId !== null) {
    if (group.staticMemberId(groupInstanceId) === undefined) addMember(joining, group, memberId)
    else replaceStatic(joining, group, groupInstanceId, memberId)
    return
  }
  if (version < memberIdRequiredFrom) {
    addMember(joining, group, memberId)
    return
  }
  group.pendingJoin.add(memberId)
  schedulePending(coordinator, group, memberId, request.sessionTimeoutMs)
  refuse(joining, kafkaErrors.MEMBER_ID_REQUIRED, memberId)
}

/** Java: `classicGroupJoinExistingMember`. */
function joinAgain(joining: Joining, group: ClassicGroup): void {
  const { coordinator, request, answer } = joining
  const { memberId, groupInstanceId, protocols } = request
  const problem = group.memberProblem(memberId, groupInstanceId)
  const member = group.members.get(memberId)
  if (problem !== undefined || member === undefined) {
    refuse(joining, problem ?? kafkaErrors.UNKNOWN_MEMBER_ID)
    return
  }
  const isSame = saysTheSame(member, protocols)
  // The answer before may have been lost; and a leader that joins again wants a rebalance even if it says nothing new.
  const isRepetition =
    isSame && (group.state === 'CompletingRebalance' || (group.state === 'Stable' && !group.isLeader(memberId)))
  if (isRepetition) {
    answer(joined(group, memberId, group.state === 'CompletingRebalance' && group.isLeader(memberId)))
    return
  }
  updateMember(joining, member)
  rebalanceOrCompleteJoin(coordinator, group)
}

/** Java: `addMemberThenRebalanceOrCompleteJoin`. */
function addMember(joining: Joining, group: ClassicGroup, id: string): void {
  const { coordinator, request, clientId, clientHost, answer } = joining
  const member: GroupMember = {
    id,
    groupInstanceId: request.groupInstanceId,
    clientId,
    clientHost,
    ...timeoutsOf(joining),
    protocols: copied(request.protocols),
    assignment: noBytes,
    isNew: true,
    awaitingJoin: answer,
    awaitingSync: undefined,
  }
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.isNewMemberAdded = true
  if (group.members.size === 0) group.protocolType = request.protocolType
  group.add(member)
  scheduleSession(coordinator, group, member, newMemberJoinTimeoutMs)
  rebalanceOrCompleteJoin(coordinator, group)
}

/** Java: `updateStaticMemberThenRebalanceOrCompleteJoin`. */
function replaceStatic(joining: Joining, group: ClassicGroup, groupInstanceId: string, memberId: string): void {
  const { coordinator, version } = joining
  const { leaderId } = group
  const member = group.replaceStaticMember(groupInstanceId, memberId)
  scheduleSession(coordinator, group, member)
  updateMember(joining, member)
  if (group.state === 'Stable' && group.selectProtocol() === group.protocolName) {
    // Nothing changes for the others, so nobody has to join again.
    group.save()
    const isLeader = group.isLeader(memberId)
    const answer = joined(group, memberId, isLeader && version >= skipAssignmentFrom)
    if (version >= skipAssignmentFrom) group.answerJoin(member, { ...answer, skipAssignment: isLeader })
    // One that cannot be told to skip the assignment must not take itself for the leader.
    else group.answerJoin(member, { ...answer, leader: leaderId ?? '' })
  } else if (group.state === 'Stable') rebalanceOrCompleteJoin(coordinator, group)
  // The leader may have been told of the old id, and would assign to it.
  else if (group.state === 'CompletingRebalance') prepareRebalance(coordinator, group)
  else completeJoinIfAllJoined(coordinator, group)
}

function updateMember(joining: Joining, member: GroupMember): void {
  const { request, answer } = joining
  // A JoinGroup that waited under this id already is never answered: its client has given it up.
  Object.assign(member, timeoutsOf(joining), { protocols: copied(request.protocols), awaitingJoin: answer })
}

/** Kafka counts those that wait while members gather, because the others may never come back. */
function accepts({ around }: GroupCoordinator, group: ClassicGroup, memberId: string): boolean {
  const { groupMaxSize } = around.limits
  const member = group.members.get(memberId)
  // Differs from Java: ids that were given out count as well, or there would be no end to them.
  const isRoomForId = memberId !== '' || group.pendingJoin.size < groupMaxSize
  if (group.state === 'Empty') return isRoomForId
  if (group.state === 'PreparingRebalance') {
    return member?.awaitingJoin !== undefined || (group.awaitingJoinCount < groupMaxSize && isRoomForId)
  }
  return member !== undefined || (group.members.size < groupMaxSize && isRoomForId)
}

function hasRoom({ coordinator, request, clientId, at }: Joining, group: ClassicGroup): boolean {
  const { memberId: id, groupInstanceId, protocols } = request
  const before = group.members.get(id)
  const bytes = memberBytes({ id, groupInstanceId, clientId, protocols, assignment: noBytes })
  return coordinator.hasRoom(bytes - (before === undefined ? 0 : memberBytes(before)), at)
}

/** Before version 1 there was one timeout for both. */
function timeoutsOf({ request, version }: Joining) {
  const { sessionTimeoutMs, rebalanceTimeoutMs } = request
  return { sessionTimeoutMs, rebalanceTimeoutMs: version === 0 ? sessionTimeoutMs : rebalanceTimeoutMs }
}

/** What was decoded is a view into the frame, and the frame is not kept. */
function copied(protocols: Joining['request']['protocols']): GroupMember['protocols'] {
  const byName = new Map<string, GroupMember['protocols'][number]>()
  for (const { name, metadata } of protocols)
    if (!byName.has(name)) byName.set(name, { name, metadata: metadata.slice() })
  return [...byName.values()]
}

function refuse({ request, answer }: Joining, error: KafkaErrorRow, memberId = request.memberId): void {
  answer({ errorCode: error.code, memberId, protocolName: null, leader: '', members: [] })
}
