import { describeApi } from '../api.ts'
import { array, int8, int16, int32, int64, string } from '../schema.ts'

/**
 * The offset that belongs to a timestamp, or to one of the negative sentinels (-1 latest, -2 earliest).
 *
 *   1  The first version that a broker of Kafka 4 takes: one offset per partition, with its timestamp.
 *   2  Isolation level; response: throttle time.
 *   3  The broker answers before it throttles (KIP-219).
 *   4  Leader epochs (KIP-320).
 *   5  May answer OFFSET_NOT_AVAILABLE (KIP-207).
 *   6  Flexible.
 *   7  Timestamp -3: the record with the highest timestamp (KIP-734).
 *   8  Timestamp -4: the first offset kept on the broker itself (KIP-405).
 *   9  Timestamp -5: the last offset in tiered storage (KIP-1005).
 *  10  Request: timeout, for lookups in tiered storage (KIP-1075).
 */
export const listOffsets = describeApi({
  name: 'ListOffsets',
  key: 2,
  versions: { min: 1, max: 10 },
  flexibleFrom: 6,
  throttlesAfterAnswering: 3,
  request: {
    replicaId: int32,
    isolationLevel: int8.from(2),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        currentLeaderEpoch: int32.from(4).or(-1).ignorable(),
        timestamp: int64,
      }),
    }),
    timeoutMs: int32.from(10).ignorable(),
  },
  response: {
    throttleTimeMs: int32.from(2).ignorable(),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        timestamp: int64.from(1).or(-1n),
        offset: int64.from(1).or(-1n),
        leaderEpoch: int32.from(4).or(-1),
      }),
    }),
  },
})
