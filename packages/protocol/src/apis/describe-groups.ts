import { describeApi } from '../api.ts'
import { array, boolean, bytes, int16, int32, string } from '../schema.ts'

/**
 * State and members of groups.
 *
 *   1  Response: throttle time.
 *   2  The broker answers before it throttles (KIP-219).
 *   3  What the client may do with a group (KIP-430).
 *   4  Response: group instance id (KIP-345).
 *   5  Flexible.
 *   6  An unknown group is GROUP_ID_NOT_FOUND, with a message (KIP-1043).
 */
export const describeGroups = describeApi({
  name: 'DescribeGroups',
  key: 15,
  versions: { min: 0, max: 6 },
  flexibleFrom: 5,
  throttlesAfterAnswering: 2,
  request: {
    groups: array(string),
    includeAuthorizedOperations: boolean.from(3),
  },
  response: {
    throttleTimeMs: int32.from(1).ignorable(),
    groups: array({
      errorCode: int16,
      errorMessage: string.from(6).nullable(6).or(null),
      groupId: string,
      groupState: string,
      protocolType: string,
      protocolData: string,
      members: array({
        memberId: string,
        groupInstanceId: string.from(4).nullable(4).or(null).ignorable(),
        clientId: string,
        clientHost: string,
        memberMetadata: bytes,
        memberAssignment: bytes,
      }),
      authorizedOperations: int32.from(3).or(-2147483648),
    }),
  },
})
