import { findCoordinator, kafkaErrors } from '@harrow/protocol'
import type { Handler } from './handler.ts'

/** Neither groups nor transactions are played here, and this is how a broker says "not now": clients try again. */
export const findCoordinatorHandler: Handler<typeof findCoordinator> = {
  api: findCoordinator,

  handle(request, call) {
    const errorCode = (call.injected?.error ?? kafkaErrors.COORDINATOR_NOT_AVAILABLE).code
    const keys = request.coordinatorKeys.length > 0 ? request.coordinatorKeys : [request.key]
    const message = `FindCoordinator for "${keys.join('", "')}": groups and transactions are not played`
    call.cluster.find({ kind: 'unsupported', broker: call.node.id, connection: call.connection, message })
    const nobody = { errorCode, errorMessage: null, nodeId: -1, host: '', port: -1 }
    const coordinators = request.coordinatorKeys.map((key) => ({ key, ...nobody }))
    const body = call.version >= manyKeysFrom ? { coordinators } : nobody
    return { do: 'answer', body, applied: false }
  },
}

/** KIP-699. */
const manyKeysFrom = 4
