import { kafkaErrors } from '@harrow/protocol'
import type { ClassicGroup } from './classic-group.ts'
import type { GroupCoordinator } from './group-coordinator.ts'
import { type GroupMember, hasSatisfiedHeartbeat, type JoinAnswer, noBytes } from './group-member.ts'

/**
 * How a group gets from one generation to the next. Java: `GroupMetadataManager`, the methods of classic groups.
 *
 * A rebalance has two phases. In the first, PreparingRebalance, the coordinator waits until every member has sent
 * JoinGroup, or until the longest rebalance timeout is over; in the second, CompletingRebalance, until the leader has
 * sent the assignment in SyncGroup.
 */

/** A member joined, left or changed: a new generation is needed, or the one under way may be complete now. */
export function rebalanceOrCompleteJoin(coordinator: GroupCoordinator, group: ClassicGroup): void {
  if (group.canRebalance) prepareRebalance(coordinator, group)
  else completeJoinIfAllJoined(coordinator, group)
}

export function prepareRebalance(coordinator: GroupCoordinator, group: ClassicGroup): void {
  if (group.state === 'CompletingRebalance') propagateError(coordinator, group)
  cancelSyncTimeout(group)
  const isFirst = group.state === 'Empty'
  if (isFirst) {
    // More members are likely to come in a moment.
    const delayMs = coordinator.around.limits.groupInitialRebalanceDelayMs
    const leftMs = Math.max(group.rebalanceTimeoutMs - delayMs, 0)
    group.timers.schedule('join', delayMs, () => completeInitialRebalance(coordinator, group, delayMs, leftMs))
  }
  changeState(coordinator, group, 'PreparingRebalance')
  if (isFirst) return
  if (group.hasAllMembersJoined) completeJoin(coordinator, group)
  else group.timers.schedule('join', group.rebalanceTimeoutMs, () => completeJoin(coordinator, group))
}

/** Every member that was there or has come by now is of the next generation; who has not joined again is out. */
export function completeJoin(coordinator: GroupCoordinator, group: ClassicGroup): void {
  group.timers.cancel('join')
  for (const member of [...group.members.values()]) {
    // Static members may be restarting: they stay until their session ends (KIP-345).
    if (member.awaitingJoin === undefined && member.groupInstanceId === null) removeMember(group, member)
  }
  coordinator.countMembers(group)
  if (!group.electJoinedLeader() && group.members.size > 0) {
    // Static members only, and none of them is back.
    group.timers.schedule('join', group.rebalanceTimeoutMs, () => completeJoin(coordinator, group))
    return
  }
  group.beginGeneration()
  tellState(coordinator, group)
  if (group.state === 'Empty') {
    group.save()
    return
  }
  for (const member of [...group.members.values()]) {
    group.answerJoin(member, joined(group, member.id, group.isLeader(member.id)))
    scheduleSession(coordinator, group, member)
    member.isNew = false
    group.pendingSync.add(member.id)
  }
  const { generationId } = group
  group.timers.schedule('sync', group.rebalanceTimeoutMs, () => expireSync(coordinator, group, generationId))
}

export function completeJoinIfAllJoined(coordinator: GroupCoordinator, group: ClassicGroup): void {
  if (group.state !== 'PreparingRebalance' || group.previousState === 'Empty') return
  if (group.hasAllMembersJoined) completeJoin(coordinator, group)
}

/** What a member of the current generation is told. Only the leader needs to know the others. */
export function joined(group: ClassicGroup, memberId: string, isWithMembers: boolean): JoinAnswer {
  return {
    errorCode: kafkaErrors.NONE.code,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    memberId,
    members: isWithMembers ? group.joinedMembers() : [],
  }
}

/** The leader has spoken: every member gets its part, an empty one if the leader forgot it. */
export function propagateAssignment(
  coordinator: GroupCoordinator,
  group: ClassicGroup,
  assignments: ReadonlyMap<string, Uint8Array>,
): void {
  for (const member of group.members.values()) member.assignment = assignments.get(member.id) ?? noBytes
  coordinator.countMembers(group)
  for (const member of group.members.values()) answerSync(coordinator, group, member, assigned(group, member))
  changeState(coordinator, group, 'Stable')
  group.save()
}

export function assigned({ protocolType, protocolName }: ClassicGroup, { assignment }: GroupMember) {
  return { errorCode: kafkaErrors.NONE.code, protocolType, protocolName, assignment }
}

/** From now on the member has so long until its next sign of life. */
export function scheduleSession(
  coordinator: GroupCoordinator,
  group: ClassicGroup,
  member: GroupMember,
  timeoutMs = member.sessionTimeoutMs,
): void {
  group.timers.schedule(sessionOf(member.id), timeoutMs, () => expireSession(coordinator, group, member.id))
}

/** An id was given out: whoever got it has so long to come back with it. */
export function schedulePending(coordinator: GroupCoordinator, group: ClassicGroup, memberId: string, ms: number) {
  group.timers.schedule(sessionOf(memberId), ms, () => expireSession(coordinator, group, memberId))
}

/** A member leaves before its session ends. Its JoinGroup, if one waits, is told to begin anew. */
export function removeMember(group: ClassicGroup, member: GroupMember): void {
  group.timers.cancel(sessionOf(member.id))
  const { code: errorCode } = kafkaErrors.UNKNOWN_MEMBER_ID
  group.answerJoin(member, { errorCode, memberId: '', protocolName: null, leader: '', members: [] })
  group.remove(member.id)
}

/** Without a word to it: it waits for nothing. */
export function dropMember(group: ClassicGroup, memberId: string): void {
  group.timers.cancel(sessionOf(memberId))
  group.remove(memberId)
}

/** SyncGroup has come from this member. */
export function syncReceived(group: ClassicGroup, memberId: string): void {
  group.pendingSync.delete(memberId)
  if (group.pendingSync.size === 0) group.timers.cancel('sync')
}

/** A coordinator has read the group that another one wrote down: every session begins anew. */
export function groupLoaded(coordinator: GroupCoordinator, group: ClassicGroup): void {
  for (const member of group.members.values()) scheduleSession(coordinator, group, member)
}

/** The delay of the first rebalance is over; it begins again as long as members keep coming, within the timeout. */
function completeInitialRebalance(
  coordinator: GroupCoordinator,
  group: ClassicGroup,
  delayMs: number,
  leftMs: number,
): void {
  if (!group.isNewMemberAdded || leftMs === 0) {
    completeJoin(coordinator, group)
    return
  }
  group.isNewMemberAdded = false
  const nextMs = Math.min(coordinator.around.limits.groupInitialRebalanceDelayMs, leftMs)
  const leftThenMs = Math.max(leftMs - delayMs, 0)
  group.timers.schedule('join', nextMs, () => completeInitialRebalance(coordinator, group, nextMs, leftThenMs))
}

function expireSession(coordinator: GroupCoordinator, group: ClassicGroup, memberId: string): void {
  const member = group.members.get(memberId)
  if (member === undefined) {
    if (!group.pendingJoin.has(memberId)) return
    dropMember(group, memberId)
    if (group.state === 'PreparingRebalance' && group.hasAllMembersJoined) completeJoin(coordinator, group)
    coordinator.countMembers(group)
    return
  }
  if (hasSatisfiedHeartbeat(member)) return
  removeMember(group, member)
  coordinator.countMembers(group)
  if (group.state === 'Stable' || group.state === 'CompletingRebalance') rebalanceOrCompleteJoin(coordinator, group)
  else if (group.state === 'PreparingRebalance' && group.hasAllMembersJoined) completeJoin(coordinator, group)
}

/** Members that got the answer to JoinGroup and never sent SyncGroup are gone (KIP-602). */
function expireSync(coordinator: GroupCoordinator, group: ClassicGroup, generationId: number): void {
  const isUnderWay = group.state === 'CompletingRebalance' || group.state === 'Stable'
  if (!isUnderWay || group.generationId !== generationId || group.pendingSync.size === 0) return
  for (const memberId of [...group.pendingSync]) dropMember(group, memberId)
  coordinator.countMembers(group)
  prepareRebalance(coordinator, group)
}

/** Whoever waits for the assignment has to join again. */
function propagateError(coordinator: GroupCoordinator, group: ClassicGroup): void {
  const { code: errorCode } = kafkaErrors.REBALANCE_IN_PROGRESS
  for (const member of group.members.values()) {
    member.assignment = noBytes
    answerSync(coordinator, group, member, { errorCode, assignment: noBytes })
  }
}

function answerSync(
  coordinator: GroupCoordinator,
  group: ClassicGroup,
  member: GroupMember,
  answer: Parameters<ClassicGroup['answerSync']>[1],
): void {
  // Its session may have ended while it waited, without effect: it begins again.
  if (group.answerSync(member, answer)) scheduleSession(coordinator, group, member)
}

function cancelSyncTimeout(group: ClassicGroup): void {
  group.pendingSync.clear()
  group.timers.cancel('sync')
}

function changeState(coordinator: GroupCoordinator, group: ClassicGroup, state: ClassicGroup['state']): void {
  group.transitionTo(state)
  tellState(coordinator, group)
}

function tellState(coordinator: GroupCoordinator, group: ClassicGroup): void {
  const { id, state, generationId, members } = group
  coordinator.around.tell({ event: 'group-state', group: id, state, generation: generationId, members: members.size })
}

function sessionOf(memberId: string): string {
  return `session ${memberId}`
}
