import { describeApi } from '../api.ts'
import { array, int16, int32, string, uuid } from '../schema.ts'

/**
 * Deletes topics.
 *
 *   1  The first version that a broker of Kafka 4 takes. Response: throttle time.
 *   2  The broker answers before it throttles (KIP-219).
 *   3  May answer TOPIC_DELETION_DISABLED.
 *   4  Flexible.
 *   5  Response: error message. May answer THROTTLING_QUOTA_EXCEEDED (KIP-599).
 *   6  Topics by name or by id (KIP-516).
 */
export const deleteTopics = describeApi({
  name: 'DeleteTopics',
  key: 20,
  versions: { min: 1, max: 6 },
  flexibleFrom: 4,
  throttlesAfterAnswering: 2,
  request: {
    topics: array({
      name: string.nullable().or(null),
      topicId: uuid,
    }).from(6),
    topicNames: array(string).upTo(5).ignorable(),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: int32.from(1).ignorable(),
    responses: array({
      name: string.nullable(6),
      topicId: uuid.from(6).ignorable(),
      errorCode: int16,
      errorMessage: string.from(5).nullable().or(null).ignorable(),
    }),
  },
})
