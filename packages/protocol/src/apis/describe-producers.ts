import { describeApi, neverThrottles } from '../api.ts'
import { array, int16, int32, int64, string } from '../schema.ts'

/**
 * What a broker remembers of the idempotent producers of a partition: epoch and last sequence (KIP-664). A checker can
 * compare it with what the producer believes.
 *
 *   0  Flexible from the start.
 */
export const describeProducers = describeApi({
  name: 'DescribeProducers',
  key: 61,
  versions: { min: 0, max: 0 },
  flexibleFrom: 0,
  throttlesAfterAnswering: neverThrottles,
  request: {
    topics: array({
      name: string,
      partitionIndexes: array(int32),
    }),
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        errorMessage: string.nullable().or(null),
        activeProducers: array({
          producerId: int64,
          producerEpoch: int32,
          lastSequence: int32.or(-1),
          lastTimestamp: int64.or(-1n),
          coordinatorEpoch: int32,
          currentTxnStartOffset: int64.or(-1n),
        }),
      }),
    }),
  },
})
