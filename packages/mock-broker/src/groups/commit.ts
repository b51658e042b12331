import { type KafkaErrorRow, kafkaErrors, type offsetCommit, type RequestOf } from '@harrow/protocol'
import type { ClassicGroup } from './classic-group.ts'
import { offsetBytes } from './committed-offsets.ts'
import type { GroupCoordinator } from './group-coordinator.ts'
import { scheduleSession } from './rebalance.ts'

export interface Committing {
  readonly coordinator: GroupCoordinator
  readonly request: RequestOf<typeof offsetCommit>
  readonly version: number
  readonly at: { readonly broker: number; readonly connection: number }
}

/** A partition to commit, by the name of its topic. */
export interface CommitItem {
  readonly topic: string
  readonly partition: RequestOf<typeof offsetCommit>['topics'][number]['partitions'][number]
}

/** First version in which an unknown group has an error of its own (KIP-848). */
const groupIdNotFoundFrom = 9
/** `offset.metadata.max.bytes`; Java counts characters. */
const metadataLengthMax = 4096

/** Stores offsets; an error for each. Java: `OffsetMetadataManager.commitOffset`. */
export function commit(committing: Committing, items: readonly CommitItem[]): KafkaErrorRow[] {
  const { coordinator, request, at } = committing
  const group = groupToCommitTo(committing)
  if (!('members' in group)) return items.map(() => group)
  const member = group.members.get(request.memberId)
  const isGathered = group.state === 'Stable' || group.state === 'PreparingRebalance'
  // A commit is a sign of life.
  if (member !== undefined && isGathered) scheduleSession(coordinator, group, member)
  return items.map(({ topic, partition }) => {
    const { committedOffset: offset, committedLeaderEpoch: leaderEpoch, committedMetadata } = partition
    const metadata = committedMetadata ?? ''
    if (metadata.length > metadataLengthMax) return kafkaErrors.OFFSET_METADATA_TOO_LARGE
    if (!coordinator.hasRoom(offsetBytes(metadata), at)) return kafkaErrors.INVALID_COMMIT_OFFSET_SIZE
    coordinator.commit(group, topic, partition.partitionIndex, { offset, leaderEpoch, metadata })
    return kafkaErrors.NONE
  })
}

/** Java: `OffsetMetadataManager.validateOffsetCommit`. */
function groupToCommitTo({ coordinator, request, version, at }: Committing): ClassicGroup | KafkaErrorRow {
  const { groupId, generationIdOrMemberEpoch: generationId } = request
  const known = coordinator.group(groupId)
  if (known === undefined && generationId >= 0) {
    return version >= groupIdNotFoundFrom ? kafkaErrors.GROUP_ID_NOT_FOUND : kafkaErrors.ILLEGAL_GENERATION
  }
  // Whoever only commits needs no members: this is a simple group.
  const group = known ?? coordinator.create(groupId, at)
  if (group === undefined) return kafkaErrors.INVALID_COMMIT_OFFSET_SIZE
  return commitProblem(group, request) ?? group
}

/** Java: `ClassicGroup.validateOffsetCommit`. */
function commitProblem(group: ClassicGroup, request: Committing['request']): KafkaErrorRow | undefined {
  const { generationIdOrMemberEpoch: generationId, memberId, groupInstanceId } = request
  if (generationId < 0 && group.state === 'Empty') return undefined
  if (generationId >= 0 || memberId !== '' || groupInstanceId !== null) {
    const problem = group.memberProblem(memberId, groupInstanceId)
    if (problem !== undefined) return problem
    if (generationId !== group.generationId) return kafkaErrors.ILLEGAL_GENERATION
  } else if (group.state !== 'Empty') return kafkaErrors.UNKNOWN_MEMBER_ID
  // It is of this generation, and has not got its part yet.
  return group.state === 'CompletingRebalance' ? kafkaErrors.REBALANCE_IN_PROGRESS : undefined
}
