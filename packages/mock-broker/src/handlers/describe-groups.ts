import { describeGroups, kafkaErrors, type ResponseInput } from '@harrow/protocol'
import { authorizedOperations } from '../authorized-operations.ts'
import { metadataFor, noBytes } from '../groups/group-member.ts'
import { coordinatorProblem } from './group-request.ts'
import type { Call, Handler } from './handler.ts'

/** State and members of groups. Java: `GroupMetadataManager.describeGroups`. */
export const describeGroupsHandler: Handler<typeof describeGroups> = {
  api: describeGroups,

  handle(request, call) {
    const groups = request.groups.map((groupId): Described => {
      const described = describe(groupId, call)
      const isAsked = request.includeAuthorizedOperations && described.errorCode === 0
      return isAsked ? { ...described, authorizedOperations: authorizedOperations.ofGroup } : described
    })
    return { do: 'answer', body: { groups }, applied: true }
  },
}

/** KIP-1043. */
const groupIdNotFoundFrom = 6

type Described = ResponseInput<typeof describeGroups>['groups'][number]

function describe(groupId: string, call: Call): Described {
  const nobody = { groupId, groupState: '', protocolType: '', protocolData: '', members: [] }
  const error = call.injected?.error ?? coordinatorProblem(groupId, call)
  if (error !== undefined) return { ...nobody, errorCode: error.code }
  const group = call.cluster.groups.group(groupId)
  if (group === undefined) {
    const isError = call.version >= groupIdNotFoundFrom
    const told = isError
      ? { errorCode: kafkaErrors.GROUP_ID_NOT_FOUND.code, errorMessage: `Group ${groupId} not found.` }
      : { errorCode: 0 }
    return { ...nobody, ...told, groupState: 'Dead' }
  }
  const { state, protocolType, protocolName } = group
  const isStable = state === 'Stable'
  const members = [...group.members.values()].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.groupInstanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    memberMetadata: isStable ? metadataFor(member, protocolName) : noBytes,
    memberAssignment: member.assignment,
  }))
  return {
    groupId,
    errorCode: 0,
    groupState: state,
    protocolType: protocolType ?? '',
    protocolData: isStable ? (protocolName ?? '') : '',
    members,
  }
}
