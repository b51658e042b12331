import { describeApi } from '../api.ts'
import { array, int16, int32, string } from '../schema.ts'

/**
 * Deletes groups without members, and what they have committed (KIP-229).
 *
 *   1  The broker answers before it throttles (KIP-219).
 *   2  Flexible.
 */
export const deleteGroups = describeApi({
  name: 'DeleteGroups',
  key: 42,
  versions: { min: 0, max: 2 },
  flexibleFrom: 2,
  throttlesAfterAnswering: 1,
  request: {
    groupsNames: array(string),
  },
  response: {
    throttleTimeMs: int32,
    results: array({
      groupId: string,
      errorCode: int16,
    }),
  },
})
