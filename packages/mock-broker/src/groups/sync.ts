import { type KafkaErrorRow, kafkaErrors, type RequestOf, type syncGroup } from '@harrow/protocol'
import type { ClassicGroup } from './classic-group.ts'
import type { GroupCoordinator } from './group-coordinator.ts'
import { noBytes, type SyncAnswer } from './group-member.ts'
import { assigned, propagateAssignment, syncReceived } from './rebalance.ts'

export interface Syncing {
  readonly coordinator: GroupCoordinator
  readonly request: RequestOf<typeof syncGroup>
  readonly at: { readonly broker: number; readonly connection: number }
  readonly answer: (answer: SyncAnswer) => void
}

/** Java: `GroupMetadataManager.classicGroupSyncToClassicGroup`. */
export function sync(syncing: Syncing): void {
  const { coordinator, request, answer } = syncing
  const { memberId } = request
  const group = coordinator.group(request.groupId)
  const problem = group === undefined ? kafkaErrors.UNKNOWN_MEMBER_ID : syncProblem(syncing, group)
  const member = group?.members.get(memberId)
  if (group === undefined || member === undefined || problem !== undefined) {
    answer({ errorCode: (problem ?? kafkaErrors.UNKNOWN_MEMBER_ID).code, assignment: noBytes })
    return
  }
  syncReceived(group, memberId)
  if (group.state === 'Stable') {
    answer(assigned(group, member))
    return
  }
  member.awaitingSync = answer
  if (!group.isLeader(memberId)) return
  const assignments = new Map(request.assignments.map((one) => [one.memberId, one.assignment.slice()]))
  propagateAssignment(coordinator, group, assignments)
}

/** Java: `GroupMetadataManager.validateSyncGroup`, and the states in which nobody may sync. */
function syncProblem({ coordinator, request, at }: Syncing, group: ClassicGroup): KafkaErrorRow | undefined {
  const { memberId, groupInstanceId, generationId, protocolType, protocolName, assignments } = request
  if (group.state === 'Empty') return kafkaErrors.UNKNOWN_MEMBER_ID
  const problem = group.memberProblem(memberId, groupInstanceId)
  if (problem !== undefined) return problem
  if (generationId !== group.generationId) return kafkaErrors.ILLEGAL_GENERATION
  const isOther = (asked: string | null, known: string | null): boolean =>
    asked !== null && known !== null && asked !== known
  if (isOther(protocolType, group.protocolType) || isOther(protocolName, group.protocolName)) {
    return kafkaErrors.INCONSISTENT_GROUP_PROTOCOL
  }
  if (group.state === 'PreparingRebalance') return kafkaErrors.REBALANCE_IN_PROGRESS
  const bytes = assignments.reduce((sum, { assignment }) => sum + assignment.length, 0)
  // As for a group that does not fit into a record of Kafka's. Java: `appendGroupMetadataErrorToResponseError`.
  return coordinator.hasRoom(bytes, at) ? undefined : kafkaErrors.UNKNOWN_SERVER_ERROR
}
