import { describeApi } from '../api.ts'
import { int16, int32, string } from '../schema.ts'

/**
 * Says that a member is alive, and hears whether the group rebalances.
 *
 *   1  Response: throttle time.
 *   2  The broker answers before it throttles (KIP-219).
 *   3  Static members: group instance id (KIP-345).
 *   4  Flexible.
 */
export const heartbeat = describeApi({
  name: 'Heartbeat',
  key: 12,
  versions: { min: 0, max: 4 },
  flexibleFrom: 4,
  throttlesAfterAnswering: 2,
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: string.from(3).nullable(3).or(null),
  },
  response: {
    throttleTimeMs: int32.from(1).ignorable(),
    errorCode: int16,
  },
})
