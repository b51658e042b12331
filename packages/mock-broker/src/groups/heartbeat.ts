import { type heartbeat, type KafkaErrorRow, kafkaErrors, type RequestOf } from '@harrow/protocol'
import type { GroupCoordinator } from './group-coordinator.ts'
import { scheduleSession } from './rebalance.ts'

/** A sign of life; returns what the member has to hear. Java: `GroupMetadataManager.classicGroupHeartbeatToClassicGroup`. */
export function beat(coordinator: GroupCoordinator, request: RequestOf<typeof heartbeat>): KafkaErrorRow {
  const { groupId, memberId, groupInstanceId, generationId } = request
  const group = coordinator.group(groupId)
  const problem = group?.memberProblem(memberId, groupInstanceId)
  const member = group?.members.get(memberId)
  if (group === undefined || member === undefined || problem !== undefined) {
    return problem ?? kafkaErrors.UNKNOWN_MEMBER_ID
  }
  if (generationId !== group.generationId) return kafkaErrors.ILLEGAL_GENERATION
  scheduleSession(coordinator, group, member)
  return group.state === 'PreparingRebalance' ? kafkaErrors.REBALANCE_IN_PROGRESS : kafkaErrors.NONE
}
