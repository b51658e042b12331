import { describeApi } from '../api.ts'
import { int16, int32, int64, string } from '../schema.ts'

/**
 * A producer id and epoch for an idempotent or transactional producer (KIP-98).
 *
 *   1  The broker answers before it throttles (KIP-219).
 *   2  Flexible.
 *   3  Request: the id and epoch so far, for a producer that wants the next epoch (KIP-360).
 *   4  May answer PRODUCER_FENCED where INVALID_PRODUCER_EPOCH stood (KIP-588).
 *   5  May answer TRANSACTION_ABORTABLE (KIP-890).
 *
 * Version 6 (two-phase commit, KIP-939) exists and is marked unstable: brokers do not offer it.
 */
export const initProducerId = describeApi({
  name: 'InitProducerId',
  key: 22,
  versions: { min: 0, max: 5 },
  flexibleFrom: 2,
  throttlesAfterAnswering: 1,
  request: {
    transactionalId: string.nullable(),
    transactionTimeoutMs: int32,
    producerId: int64.from(3).or(-1n),
    producerEpoch: int16.from(3).or(-1),
  },
  response: {
    throttleTimeMs: int32.ignorable(),
    errorCode: int16,
    producerId: int64.or(-1n),
    producerEpoch: int16,
  },
})
