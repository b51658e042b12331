import { deleteGroups, type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import { coordinatorProblem } from './group-request.ts'
import type { Call, Handler } from './handler.ts'

/** Deletes groups that nobody is in, and what they have committed. Java: `GroupCoordinatorShard.deleteGroups`. */
export const deleteGroupsHandler: Handler<typeof deleteGroups> = {
  api: deleteGroups,

  handle(request, call) {
    const results = [...new Set(request.groupsNames)].map((groupId) => {
      const error = call.injected?.error ?? remove(groupId, call)
      return { groupId, errorCode: error.code }
    })
    const applied = results.some(({ errorCode }) => errorCode === 0)
    return { do: 'answer', body: { throttleTimeMs: 0, results }, applied }
  },
}

function remove(groupId: string, call: Call): KafkaErrorRow {
  const problem = coordinatorProblem(groupId, call)
  if (problem !== undefined) return problem
  const { groups } = call.cluster
  const group = groups.group(groupId)
  if (group === undefined) return kafkaErrors.GROUP_ID_NOT_FOUND
  if (group.state !== 'Empty') return kafkaErrors.NON_EMPTY_GROUP
  groups.delete(group)
  return kafkaErrors.NONE
}
