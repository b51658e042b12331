import { initProducerId, type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import type { Handler, Outcome } from './handler.ts'

/** Hands out a producer id with epoch 0; any broker may be asked. Transactional ids are not played here. */
export const initProducerIdHandler: Handler<typeof initProducerId> = {
  api: initProducerId,

  handle(request, call) {
    const error = call.injected?.error ?? problem(request)
    if (error !== undefined) return refused(error)
    if (request.transactionalId !== null) {
      const message = `InitProducerId for transactional id "${request.transactionalId}": transactions are not played`
      call.cluster.find({ kind: 'unsupported', broker: call.node.id, connection: call.connection, message })
      return refused(kafkaErrors.COORDINATOR_NOT_AVAILABLE)
    }
    // An id and epoch that come without a transactional id are ignored (I4).
    const producerId = call.cluster.producerIds.next(call.node.id)
    call.cluster.tell({ event: 'producer-id-assigned', broker: call.node.id, producerId })
    return {
      do: 'answer',
      body: { throttleTimeMs: 0, errorCode: kafkaErrors.NONE.code, producerId, producerEpoch: 0 },
      applied: true,
    }
  },
}

/** `transaction.max.timeout.ms`. */
const transactionTimeoutMsMax = 900_000

function problem(request: {
  transactionalId: string | null
  transactionTimeoutMs: number
  producerId: bigint
  producerEpoch: number
}): KafkaErrorRow | undefined {
  const isPairBroken = (request.producerId === -1n) !== (request.producerEpoch === -1)
  if (isPairBroken || request.transactionalId === '') return kafkaErrors.INVALID_REQUEST
  // Without a transactional id nobody looks at the timeout (I6).
  const { transactionalId, transactionTimeoutMs: ms } = request
  const isTimeoutWrong = transactionalId !== null && (ms <= 0 || ms > transactionTimeoutMsMax)
  return isTimeoutWrong ? kafkaErrors.INVALID_TRANSACTION_TIMEOUT : undefined
}

function refused(error: KafkaErrorRow): Outcome<typeof initProducerId> {
  return {
    do: 'answer',
    body: { throttleTimeMs: 0, errorCode: error.code, producerId: -1n, producerEpoch: -1 },
    applied: false,
  }
}
