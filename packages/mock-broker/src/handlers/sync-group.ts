import { type KafkaErrorRow, kafkaErrors, type RequestOf, syncGroup } from '@harrow/protocol'
import { noBytes, type SyncAnswer } from '../groups/group-member.ts'
import { sync } from '../groups/sync.ts'
import { askedBy, groupProblem } from './group-request.ts'
import type { Call, Handler } from './handler.ts'

/** Gives a member its part, once the leader has said who gets what. Java: `GroupCoordinatorService.syncGroup`. */
export const syncGroupHandler: Handler<typeof syncGroup> = {
  api: syncGroup,

  handle(request, call) {
    const answered = (body: SyncAnswer) => ({ do: 'answer', body, applied: body.errorCode === 0 }) as const
    const error = problem(request, call)
    if (error !== undefined) return answered({ errorCode: error.code, assignment: noBytes })
    return {
      do: 'wait',
      applied: false,
      start(settle) {
        // Not within this turn: see JoinGroup.
        const answer = (it: SyncAnswer) => void call.later(0, () => settle(answered(it)))
        sync({ coordinator: call.cluster.groups, request, at: askedBy(call), answer })
        return () => {}
      },
    }
  },
}

/** KIP-559: from here on the protocol must be named. */
const protocolNamedFrom = 5

function problem(request: RequestOf<typeof syncGroup>, call: Call): KafkaErrorRow | undefined {
  const isNameless = request.protocolType === null || request.protocolName === null
  if (call.version >= protocolNamedFrom && isNameless) return kafkaErrors.INCONSISTENT_GROUP_PROTOCOL
  return groupProblem(request.groupId, call)
}
