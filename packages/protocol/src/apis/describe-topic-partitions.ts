import { describeApi } from '../api.ts'
import { array, boolean, int16, int32, string, struct, uuid } from '../schema.ts'

/**
 * The partitions of topics, page by page, with their eligible leader replicas (KIP-966).
 *
 *   0  Flexible from the start.
 */
export const describeTopicPartitions = describeApi({
  name: 'DescribeTopicPartitions',
  key: 75,
  versions: { min: 0, max: 0 },
  flexibleFrom: 0,
  throttlesAfterAnswering: 0,
  request: {
    topics: array({
      name: string,
    }),
    responsePartitionLimit: int32.or(2000),
    cursor: struct({
      topicName: string,
      partitionIndex: int32,
    })
      .nullable()
      .or(null),
  },
  response: {
    throttleTimeMs: int32.ignorable(),
    topics: array({
      errorCode: int16,
      name: string.nullable(),
      topicId: uuid.ignorable(),
      isInternal: boolean.or(false).ignorable(),
      partitions: array({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: int32.or(-1).ignorable(),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        eligibleLeaderReplicas: array(int32).nullable().or(null),
        lastKnownElr: array(int32).nullable().or(null),
        offlineReplicas: array(int32).ignorable(),
      }),
      topicAuthorizedOperations: int32.or(-2147483648),
    }),
    nextCursor: struct({
      topicName: string,
      partitionIndex: int32,
    })
      .nullable()
      .or(null),
  },
})
