import { describeApi } from '../api.ts'
import { array, int16, int32, int64, string, uuid } from '../schema.ts'

/**
 * Stores how far a group has read.
 *
 *   2  The first version that a broker of Kafka 4 takes: retention time in the request.
 *   3  Response: throttle time.
 *   4  The broker answers before it throttles (KIP-219).
 *   5  The retention time is gone (KIP-211).
 *   6  Request: leader epoch of the last record read (KIP-320).
 *   7  Static members: group instance id (KIP-345).
 *   8  Flexible.
 *   9  Also for the consumer protocol (KIP-848); an unknown group is GROUP_ID_NOT_FOUND.
 *  10  Topics are named by id instead of by name.
 */
export const offsetCommit = describeApi({
  name: 'OffsetCommit',
  key: 8,
  versions: { min: 2, max: 10 },
  flexibleFrom: 8,
  throttlesAfterAnswering: 4,
  request: {
    groupId: string,
    generationIdOrMemberEpoch: int32.from(1).or(-1).ignorable(),
    memberId: string.from(1).ignorable(),
    groupInstanceId: string.from(7).nullable(7).or(null),
    retentionTimeMs: int64.from(2).upTo(4).or(-1n).ignorable(),
    topics: array({
      name: string.upTo(9).ignorable(),
      topicId: uuid.from(10).ignorable(),
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.from(6).or(-1).ignorable(),
        committedMetadata: string.nullable(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32.from(3).ignorable(),
    topics: array({
      name: string.upTo(9).ignorable(),
      topicId: uuid.from(10).ignorable(),
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
      }),
    }),
  },
})
