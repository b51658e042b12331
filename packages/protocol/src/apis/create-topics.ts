import { describeApi } from '../api.ts'
import { array, boolean, int8, int16, int32, string, uuid } from '../schema.ts'

/**
 * Creates topics.
 *
 *   2  The first version that a broker of Kafka 4 takes. Response: throttle time.
 *   3  The broker answers before it throttles (KIP-219).
 *   4  Partition count and replication factor may be -1 for the broker's defaults (KIP-464).
 *   5  Flexible. Response: the configuration of the new topic (KIP-525).
 *   6  May answer THROTTLING_QUOTA_EXCEEDED (KIP-599).
 *   7  Response: topic id (KIP-516).
 */
export const createTopics = describeApi({
  name: 'CreateTopics',
  key: 19,
  versions: { min: 2, max: 7 },
  flexibleFrom: 5,
  throttlesAfterAnswering: 3,
  request: {
    topics: array({
      name: string,
      numPartitions: int32,
      replicationFactor: int16,
      assignments: array({
        partitionIndex: int32,
        brokerIds: array(int32),
      }),
      configs: array({
        name: string,
        value: string.nullable(),
      }),
    }),
    timeoutMs: int32.or(60000),
    validateOnly: boolean.from(1).or(false),
  },
  response: {
    throttleTimeMs: int32.from(2).ignorable(),
    topics: array({
      name: string,
      topicId: uuid.from(7).ignorable(),
      errorCode: int16,
      errorMessage: string.from(1).nullable().ignorable(),
      topicConfigErrorCode: int16.from(5).tagged(0).ignorable(),
      numPartitions: int32.from(5).or(-1).ignorable(),
      replicationFactor: int16.from(5).or(-1).ignorable(),
      configs: array({
        name: string,
        value: string.nullable(),
        readOnly: boolean,
        configSource: int8.or(-1).ignorable(),
        isSensitive: boolean,
      })
        .from(5)
        .nullable()
        .ignorable(),
    }),
  },
})
