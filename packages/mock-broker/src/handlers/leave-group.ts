import { leaveGroup } from '@harrow/protocol'
import { leave } from '../groups/leave.ts'
import { groupProblem } from './group-request.ts'
import type { Handler } from './handler.ts'

/** Members go. Java: `GroupCoordinatorService.leaveGroup`. */
export const leaveGroupHandler: Handler<typeof leaveGroup> = {
  api: leaveGroup,

  handle(request, call) {
    const isOne = call.version < manyMembersFrom
    const asked = isOne ? [{ memberId: request.memberId, groupInstanceId: null }] : request.members
    const error = groupProblem(request.groupId, call)
    if (error !== undefined) return { do: 'answer', body: { errorCode: error.code }, applied: false }
    const codes = leave(call.cluster.groups, request.groupId, asked).map(({ code }) => code)
    const applied = codes.includes(0)
    if (isOne) return { do: 'answer', body: { errorCode: codes[0] ?? 0 }, applied }
    const members = asked.map(({ memberId, groupInstanceId }, index) => {
      return { memberId, groupInstanceId, errorCode: codes[index] ?? 0 }
    })
    return { do: 'answer', body: { errorCode: 0, members }, applied }
  },
}

/** KIP-345. */
const manyMembersFrom = 3
