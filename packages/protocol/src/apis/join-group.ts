import { describeApi } from '../api.ts'
import { array, boolean, bytes, int16, int32, string } from '../schema.ts'

/**
 * Joins a group, or joins it again. Answered when every member has.
 *
 *   1  Request: rebalance timeout; before, the session timeout stands for it (KIP-62).
 *   2  Response: throttle time.
 *   3  The broker answers before it throttles (KIP-219).
 *   4  A new member is first given its id, with MEMBER_ID_REQUIRED (KIP-394).
 *   5  Static members: group instance id (KIP-345).
 *   6  Flexible.
 *   7  Response: protocol type; the protocol name may be null (KIP-559).
 *   8  Request: reason (KIP-800).
 *   9  Response: whether the leader must leave the assignment as it is (KIP-814).
 */
export const joinGroup = describeApi({
  name: 'JoinGroup',
  key: 11,
  versions: { min: 0, max: 9 },
  flexibleFrom: 6,
  throttlesAfterAnswering: 3,
  request: {
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: int32.from(1).or(-1).ignorable(),
    memberId: string,
    groupInstanceId: string.from(5).nullable(5).or(null),
    protocolType: string,
    protocols: array({
      name: string,
      metadata: bytes,
    }),
    reason: string.from(8).nullable(8).or(null).ignorable(),
  },
  response: {
    throttleTimeMs: int32.from(2).ignorable(),
    errorCode: int16,
    generationId: int32.or(-1),
    protocolType: string.from(7).nullable(7).or(null).ignorable(),
    protocolName: string.nullable(7),
    leader: string,
    skipAssignment: boolean.from(9),
    memberId: string,
    members: array({
      memberId: string,
      groupInstanceId: string.from(5).nullable(5).or(null).ignorable(),
      metadata: bytes,
    }),
  },
})
