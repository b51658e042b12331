import { type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import type { ClassicGroup } from './classic-group.ts'
import type { GroupCoordinator } from './group-coordinator.ts'
import { completeJoinIfAllJoined, dropMember, rebalanceOrCompleteJoin, removeMember } from './rebalance.ts'

/** Who leaves. */
export interface LeavingMember {
  /** Empty: whoever has this group instance id (administrators do that). */
  readonly memberId: string
  readonly groupInstanceId: string | null
}

/** Takes members out; an error for each. Java: `GroupMetadataManager.classicGroupLeaveToClassicGroup`. */
export function leave(
  coordinator: GroupCoordinator,
  groupId: string,
  members: readonly LeavingMember[],
): KafkaErrorRow[] {
  const group = coordinator.group(groupId)
  if (group === undefined) return members.map(() => kafkaErrors.UNKNOWN_MEMBER_ID)
  const errors = members.map((member) => takeOut(group, member))
  coordinator.countMembers(group)
  if (errors.every((error) => error !== kafkaErrors.NONE)) return errors
  if (group.state === 'Stable' || group.state === 'CompletingRebalance') rebalanceOrCompleteJoin(coordinator, group)
  else completeJoinIfAllJoined(coordinator, group)
  return errors
}

function takeOut(group: ClassicGroup, { memberId, groupInstanceId }: LeavingMember): KafkaErrorRow {
  if (memberId !== '' && group.pendingJoin.has(memberId)) {
    dropMember(group, memberId)
    return kafkaErrors.NONE
  }
  const id = memberId === '' && groupInstanceId !== null ? group.staticMemberId(groupInstanceId) : memberId
  const problem = id === undefined ? kafkaErrors.UNKNOWN_MEMBER_ID : group.memberProblem(id, groupInstanceId)
  const member = group.members.get(id ?? '')
  if (problem !== undefined || member === undefined) return problem ?? kafkaErrors.UNKNOWN_MEMBER_ID
  removeMember(group, member)
  return kafkaErrors.NONE
}
