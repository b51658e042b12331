import { describeApi } from '../api.ts'
import { array, boolean, int8, int16, int32, string } from '../schema.ts'

/**
 * The configuration of topics, brokers and groups (KIP-133).
 *
 *   1  Synonyms and the source of a value (KIP-226).
 *   2  The broker answers before it throttles (KIP-219).
 *   3  Type and documentation of a key (KIP-569).
 *   4  Flexible.
 */
export const describeConfigs = describeApi({
  name: 'DescribeConfigs',
  key: 32,
  versions: { min: 1, max: 4 },
  flexibleFrom: 4,
  throttlesAfterAnswering: 2,
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configurationKeys: array(string).nullable(),
    }),
    includeSynonyms: boolean.from(1).or(false),
    includeDocumentation: boolean.from(3).or(false),
  },
  response: {
    throttleTimeMs: int32,
    results: array({
      errorCode: int16,
      errorMessage: string.nullable(),
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        value: string.nullable(),
        readOnly: boolean,
        configSource: int8.from(1).or(-1).ignorable(),
        isSensitive: boolean,
        synonyms: array({
          name: string,
          value: string.nullable(),
          source: int8,
        })
          .from(1)
          .ignorable(),
        configType: int8.from(3).or(0).ignorable(),
        documentation: string.from(3).nullable().ignorable(),
      }),
    }),
  },
})
