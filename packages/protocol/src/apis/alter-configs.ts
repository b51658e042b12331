import { describeApi } from '../api.ts'
import { array, boolean, int8, int16, int32, string } from '../schema.ts'

/**
 * Replaces the whole configuration of a resource; IncrementalAlterConfigs is its better half (KIP-133).
 *
 *   1  The broker answers before it throttles (KIP-219).
 *   2  Flexible.
 */
export const alterConfigs = describeApi({
  name: 'AlterConfigs',
  key: 33,
  versions: { min: 0, max: 2 },
  flexibleFrom: 2,
  throttlesAfterAnswering: 1,
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        value: string.nullable(),
      }),
    }),
    validateOnly: boolean,
  },
  response: {
    throttleTimeMs: int32,
    responses: array({
      errorCode: int16,
      errorMessage: string.nullable(),
      resourceType: int8,
      resourceName: string,
    }),
  },
})
