import { describeApi } from '../api.ts'
import { array, int16, int32, string } from '../schema.ts'

/**
 * Takes members out of a group before their sessions end.
 *
 *   1  Response: throttle time.
 *   2  The broker answers before it throttles (KIP-219).
 *   3  Several members at once, also by group instance id (KIP-345).
 *   4  Flexible.
 *   5  Request: reason (KIP-800).
 */
export const leaveGroup = describeApi({
  name: 'LeaveGroup',
  key: 13,
  versions: { min: 0, max: 5 },
  flexibleFrom: 4,
  throttlesAfterAnswering: 2,
  request: {
    groupId: string,
    memberId: string.upTo(2),
    members: array({
      memberId: string,
      groupInstanceId: string.nullable().or(null),
      reason: string.from(5).nullable(5).or(null).ignorable(),
    }).from(3),
  },
  response: {
    throttleTimeMs: int32.from(1).ignorable(),
    errorCode: int16,
    members: array({
      memberId: string,
      groupInstanceId: string.nullable(),
      errorCode: int16,
    }).from(3),
  },
})
