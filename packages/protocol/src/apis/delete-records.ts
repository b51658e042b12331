import { describeApi } from '../api.ts'
import { array, int16, int32, int64, string } from '../schema.ts'

/**
 * Moves the log start offset of partitions forward (KIP-107).
 *
 *   1  The broker answers before it throttles (KIP-219).
 *   2  Flexible.
 */
export const deleteRecords = describeApi({
  name: 'DeleteRecords',
  key: 21,
  versions: { min: 0, max: 2 },
  flexibleFrom: 2,
  throttlesAfterAnswering: 1,
  request: {
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        offset: int64,
      }),
    }),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        lowWatermark: int64,
        errorCode: int16,
      }),
    }),
  },
})
