import { describeApi } from '../api.ts'
import { array, boolean, int16, int32, string, uuid } from '../schema.ts'

/**
 * The brokers of the cluster, and the leaders of topics.
 *
 *   0  An empty list of topics asks for all of them.
 *   1  Null asks for all topics, an empty list for none. Response: racks, controller, internal topics.
 *   2  Response: cluster id.
 *   3  Response: throttle time.
 *   4  Request: whether asking for a topic may create it.
 *   5  Response: offline replicas.
 *   6  The broker answers before it throttles (KIP-219).
 *   7  Response: leader epochs. Clients trust them from version 9 on.
 *   8  Authorized operations on request (KIP-430).
 *   9  Flexible.
 *  10  Response: topic ids (KIP-516). Asking by id does not work before version 12.
 *  11  Authorized operations on the cluster have moved to DescribeCluster (KIP-700).
 *  12  Asking for a topic by id; the answer's name is null when there is no such topic.
 *  13  Response: an error code for the whole request (KIP-1102).
 */
export const metadata = describeApi({
  name: 'Metadata',
  key: 3,
  versions: { min: 0, max: 13 },
  flexibleFrom: 9,
  throttlesAfterAnswering: 6,
  request: {
    topics: array({
      topicId: uuid.from(10).ignorable(),
      name: string.nullable(10),
    }).nullable(1),
    allowAutoTopicCreation: boolean.from(4).or(true),
    includeClusterAuthorizedOperations: boolean.from(8).upTo(10),
    includeTopicAuthorizedOperations: boolean.from(8),
  },
  response: {
    throttleTimeMs: int32.from(3).ignorable(),
    brokers: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.from(1).nullable().or(null).ignorable(),
    }),
    clusterId: string.from(2).nullable().or(null).ignorable(),
    controllerId: int32.from(1).or(-1).ignorable(),
    topics: array({
      errorCode: int16,
      name: string.nullable(12),
      topicId: uuid.from(10).ignorable(),
      isInternal: boolean.from(1).or(false).ignorable(),
      partitions: array({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: int32.from(7).or(-1).ignorable(),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        offlineReplicas: array(int32).from(5).ignorable(),
      }),
      topicAuthorizedOperations: int32.from(8).or(-2147483648),
    }),
    clusterAuthorizedOperations: int32.from(8).upTo(10).or(-2147483648),
    errorCode: int16.from(13).ignorable(),
  },
})
