import { describeApi } from '../api.ts'
import { array, boolean, int8, int16, int32, string } from '../schema.ts'

/**
 * Changes single configuration keys and leaves the others alone (KIP-339).
 *
 *   1  Flexible.
 */
export const incrementalAlterConfigs = describeApi({
  name: 'IncrementalAlterConfigs',
  key: 44,
  versions: { min: 0, max: 1 },
  flexibleFrom: 1,
  throttlesAfterAnswering: 0,
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        configOperation: int8,
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
