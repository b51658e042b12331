import { heartbeat } from '@harrow/protocol'
import { beat } from '../groups/heartbeat.ts'
import { groupProblem } from './group-request.ts'
import type { Handler } from './handler.ts'

/** A member is alive. Java: `GroupCoordinatorService.heartbeat`. */
export const heartbeatHandler: Handler<typeof heartbeat> = {
  api: heartbeat,

  handle(request, call) {
    const { code } = groupProblem(request.groupId, call) ?? beat(call.cluster.groups, request)
    return { do: 'answer', body: { errorCode: code }, applied: code === 0 }
  },
}
