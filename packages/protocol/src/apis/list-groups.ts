import { describeApi } from '../api.ts'
import { array, int16, int32, string } from '../schema.ts'

/**
 * The groups that a broker coordinates.
 *
 *   1  Response: throttle time.
 *   2  The broker answers before it throttles (KIP-219).
 *   3  Flexible.
 *   4  States, in both (KIP-518).
 *   5  Types, in both (KIP-848).
 */
export const listGroups = describeApi({
  name: 'ListGroups',
  key: 16,
  versions: { min: 0, max: 5 },
  flexibleFrom: 3,
  throttlesAfterAnswering: 2,
  request: {
    statesFilter: array(string).from(4),
    typesFilter: array(string).from(5),
  },
  response: {
    throttleTimeMs: int32.from(1).ignorable(),
    errorCode: int16,
    groups: array({
      groupId: string,
      protocolType: string,
      groupState: string.from(4).ignorable(),
      groupType: string.from(5).ignorable(),
    }),
  },
})
