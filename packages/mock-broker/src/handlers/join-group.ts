import { joinGroup, type KafkaErrorRow, kafkaErrors, type RequestOf } from '@harrow/protocol'
import type { JoinAnswer } from '../groups/group-member.ts'
import { join } from '../groups/join.ts'
import { askedBy, groupProblem } from './group-request.ts'
import type { Call, Handler } from './handler.ts'

/** Joins a group; the answer comes when the others have joined as well. Java: `GroupCoordinatorService.joinGroup`. */
export const joinGroupHandler: Handler<typeof joinGroup> = {
  api: joinGroup,

  handle(request, call) {
    const answered = (answer: JoinAnswer) => {
      const { protocolName } = answer
      // The name could not be null so far.
      const body = { ...answer, protocolName: call.version < nullableNameFrom ? (protocolName ?? '') : protocolName }
      return { do: 'answer', body, applied: answer.errorCode === 0 } as const
    }
    const error = problem(request, call)
    if (error !== undefined) {
      const { memberId } = request
      return answered({ errorCode: error.code, memberId, protocolName: null, leader: '', members: [] })
    }
    return {
      do: 'wait',
      applied: false,
      start(settle) {
        const { cluster, version, node } = call
        // Not within this turn: what one member's answer sets off must find the group whole.
        const answer = (it: JoinAnswer) => void call.later(0, () => settle(answered(it)))
        const who = { clientId: call.clientId ?? '', clientHost: `/${node.host}`, at: askedBy(call) }
        join({ coordinator: cluster.groups, request, version, ...who, answer })
        // A broker does not notice that a client that waits has gone: the member stays until its session ends.
        return () => {}
      },
    }
  },
}

/** KIP-559. */
const nullableNameFrom = 7

function problem(request: RequestOf<typeof joinGroup>, call: Call): KafkaErrorRow | undefined {
  const { groupId, sessionTimeoutMs } = request
  const { groupMinSessionTimeoutMs, groupMaxSessionTimeoutMs } = call.cluster.config
  const early = groupProblem(groupId, call)
  if (early !== undefined && early !== kafkaErrors.NOT_COORDINATOR) return early
  const isOutside = sessionTimeoutMs < groupMinSessionTimeoutMs || sessionTimeoutMs > groupMaxSessionTimeoutMs
  return isOutside ? kafkaErrors.INVALID_SESSION_TIMEOUT : early
}
