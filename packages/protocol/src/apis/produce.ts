import { describeApi } from '../api.ts'
import { array, int16, int32, int64, records, string, struct, uuid } from '../schema.ts'

/**
 * Appends record batches to partitions.
 *
 *   3  The first version that a broker of Kafka 4 takes: record batches of format 2, transactional id (KIP-98).
 *   4  May answer KAFKA_STORAGE_ERROR.
 *   5  Response: log start offset, so that a client can tell lost producer state from a deleted prefix.
 *   6  The broker answers before it throttles (KIP-219).
 *   7  Batches may be compressed with zstd (KIP-110).
 *   8  Response: which records of a batch were refused and why (KIP-467).
 *   9  Flexible.
 *  10  Response: the new leader and its address come along with NOT_LEADER_OR_FOLLOWER (KIP-951).
 *  11  May answer TRANSACTION_ABORTABLE (KIP-890).
 *  12  A transactional produce adds its partition to the transaction by itself (KIP-890).
 *  13  Topics are named by id instead of by name (KIP-516).
 */
export const produce = describeApi({
  name: 'Produce',
  key: 0,
  versions: { min: 3, max: 13 },
  // Brokers list version 0, which they do not serve, because librdkafka looks for it. KAFKA-18659.
  advertisedMin: 0,
  flexibleFrom: 9,
  throttlesAfterAnswering: 6,
  request: {
    transactionalId: string.from(3).nullable().or(null),
    acks: int16,
    timeoutMs: int32,
    topicData: array({
      name: string.upTo(12).ignorable(),
      topicId: uuid.from(13).ignorable(),
      partitionData: array({
        index: int32,
        records: records.nullable(),
      }),
    }),
  },
  response: {
    responses: array({
      name: string.upTo(12).ignorable(),
      topicId: uuid.from(13).ignorable(),
      partitionResponses: array({
        index: int32,
        errorCode: int16,
        baseOffset: int64,
        logAppendTimeMs: int64.from(2).or(-1n).ignorable(),
        logStartOffset: int64.from(5).or(-1n).ignorable(),
        recordErrors: array({
          batchIndex: int32,
          batchIndexErrorMessage: string.nullable().or(null),
        })
          .from(8)
          .ignorable(),
        errorMessage: string.from(8).nullable().or(null).ignorable(),
        currentLeader: struct({
          leaderId: int32.or(-1),
          leaderEpoch: int32.or(-1),
        })
          .from(10)
          .tagged(0),
      }),
    }),
    throttleTimeMs: int32.from(1).or(0).ignorable(),
    nodeEndpoints: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.nullable().or(null),
    })
      .from(10)
      .tagged(0),
  },
})
