import { describeApi } from '../api.ts'
import { array, boolean, int16, int32, string } from '../schema.ts'

/**
 * Adds partitions to topics (KIP-195).
 *
 *   1  The broker answers before it throttles (KIP-219).
 *   2  Flexible.
 *   3  May answer THROTTLING_QUOTA_EXCEEDED (KIP-599).
 */
export const createPartitions = describeApi({
  name: 'CreatePartitions',
  key: 37,
  versions: { min: 0, max: 3 },
  flexibleFrom: 2,
  throttlesAfterAnswering: 1,
  request: {
    topics: array({
      name: string,
      count: int32,
      assignments: array({
        brokerIds: array(int32),
      }).nullable(),
    }),
    timeoutMs: int32,
    validateOnly: boolean,
  },
  response: {
    throttleTimeMs: int32,
    results: array({
      name: string,
      errorCode: int16,
      errorMessage: string.nullable().or(null),
    }),
  },
})
