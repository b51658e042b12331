import { describeApi } from '../api.ts'
import { array, int16, int32, string } from '../schema.ts'

/**
 * Forgets how far a group has read (KIP-496).
 *
 *   0  The only version, not flexible.
 */
export const offsetDelete = describeApi({
  name: 'OffsetDelete',
  key: 47,
  versions: { min: 0, max: 0 },
  flexibleFrom: Number.POSITIVE_INFINITY,
  throttlesAfterAnswering: 0,
  request: {
    groupId: string,
    topics: array({
      name: string,
      partitions: array({ partitionIndex: int32 }),
    }),
  },
  response: {
    errorCode: int16,
    throttleTimeMs: int32.ignorable(),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
      }),
    }),
  },
})
