import { describeApi } from '../api.ts'
import { array, boolean, int16, int32, int64, string, uuid } from '../schema.ts'

/**
 * How far a group has read.
 *
 *   1  The first version that a broker of Kafka 4 takes.
 *   2  Null asks for all topics. Response: an error of the whole group.
 *   3  Response: throttle time.
 *   4  The broker answers before it throttles (KIP-219).
 *   5  Response: leader epoch of the last record read (KIP-320).
 *   6  Flexible.
 *   7  Request: whether offsets of open transactions are waited for (KIP-447).
 *   8  Many groups in one request (KIP-709).
 *   9  Request: member id and epoch, for the consumer protocol (KIP-848).
 *  10  Topics are named by id instead of by name.
 */
export const offsetFetch = describeApi({
  name: 'OffsetFetch',
  key: 9,
  versions: { min: 1, max: 10 },
  flexibleFrom: 6,
  throttlesAfterAnswering: 4,
  request: {
    groupId: string.upTo(7),
    topics: array({
      name: string,
      partitionIndexes: array(int32),
    })
      .upTo(7)
      .nullable(2),
    groups: array({
      groupId: string,
      memberId: string.from(9).nullable(9).or(null).ignorable(),
      memberEpoch: int32.from(9).or(-1).ignorable(),
      topics: array({
        name: string.upTo(9).ignorable(),
        topicId: uuid.from(10).ignorable(),
        partitionIndexes: array(int32),
      }).nullable(),
    }).from(8),
    requireStable: boolean.from(7),
  },
  response: {
    throttleTimeMs: int32.from(3).ignorable(),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.from(5).or(-1).ignorable(),
        metadata: string.nullable(),
        errorCode: int16,
      }),
    }).upTo(7),
    errorCode: int16.from(2).upTo(7).ignorable(),
    groups: array({
      groupId: string,
      topics: array({
        name: string.upTo(9).ignorable(),
        topicId: uuid.from(10).ignorable(),
        partitions: array({
          partitionIndex: int32,
          committedOffset: int64,
          committedLeaderEpoch: int32.or(-1).ignorable(),
          metadata: string.nullable(),
          errorCode: int16,
        }),
      }),
      errorCode: int16.or(0),
    }).from(8),
  },
})
