import { describeApi, neverThrottles } from '../api.ts'
import { array, int16, int32, int64, string } from '../schema.ts'

/**
 * The end offset of a leader epoch: how a consumer finds out that the log was truncated below it (KIP-101, KIP-320).
 *
 *   2  The first version that a broker of Kafka 4 takes. Request: current leader epoch. Response: throttle time.
 *   3  Request: replica id, -1 for a consumer.
 *   4  Flexible.
 */
export const offsetForLeaderEpoch = describeApi({
  name: 'OffsetForLeaderEpoch',
  key: 23,
  versions: { min: 2, max: 4 },
  flexibleFrom: 4,
  throttlesAfterAnswering: neverThrottles,
  request: {
    replicaId: int32.from(3).or(-2).ignorable(),
    topics: array({
      topic: string,
      partitions: array({
        partition: int32,
        currentLeaderEpoch: int32.from(2).or(-1).ignorable(),
        leaderEpoch: int32,
      }),
    }),
  },
  response: {
    throttleTimeMs: int32.from(2).ignorable(),
    topics: array({
      topic: string,
      partitions: array({
        errorCode: int16,
        partition: int32,
        leaderEpoch: int32.from(1).or(-1).ignorable(),
        endOffset: int64.or(-1n),
      }),
    }),
  },
})
