import { describeApi, neverThrottles } from '../api.ts'
import { array, boolean, int8, int16, int32, string } from '../schema.ts'

/**
 * The brokers of the cluster and the operations that the caller is allowed (KIP-700).
 *
 *   0  Flexible from the start.
 *   1  Whether to describe brokers or controllers (KIP-919).
 *   2  Fenced brokers on request (KIP-1073).
 */
export const describeCluster = describeApi({
  name: 'DescribeCluster',
  key: 60,
  versions: { min: 0, max: 2 },
  flexibleFrom: 0,
  throttlesAfterAnswering: neverThrottles,
  request: {
    includeClusterAuthorizedOperations: boolean,
    endpointType: int8.from(1).or(1),
    includeFencedBrokers: boolean.from(2),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: string.nullable().or(null),
    endpointType: int8.from(1).or(1),
    clusterId: string,
    controllerId: int32.or(-1),
    brokers: array({
      brokerId: int32,
      host: string,
      port: int32,
      rack: string.nullable().or(null),
      isFenced: boolean.from(2),
    }),
    clusterAuthorizedOperations: int32.or(-2147483648),
  },
})
