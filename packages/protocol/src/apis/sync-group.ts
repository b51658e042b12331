import { describeApi } from '../api.ts'
import { array, bytes, int16, int32, string } from '../schema.ts'

/**
 * Brings the leader's assignment to the coordinator, and each member its part of it.
 *
 *   1  Response: throttle time.
 *   2  The broker answers before it throttles (KIP-219).
 *   3  Static members: group instance id (KIP-345).
 *   4  Flexible.
 *   5  Protocol type and name, in both (KIP-559).
 */
export const syncGroup = describeApi({
  name: 'SyncGroup',
  key: 14,
  versions: { min: 0, max: 5 },
  flexibleFrom: 4,
  throttlesAfterAnswering: 2,
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: string.from(3).nullable(3).or(null),
    protocolType: string.from(5).nullable(5).or(null).ignorable(),
    protocolName: string.from(5).nullable(5).or(null).ignorable(),
    assignments: array({
      memberId: string,
      assignment: bytes,
    }),
  },
  response: {
    throttleTimeMs: int32.from(1).ignorable(),
    errorCode: int16,
    protocolType: string.from(5).nullable(5).or(null).ignorable(),
    protocolName: string.from(5).nullable(5).or(null).ignorable(),
    assignment: bytes,
  },
})
