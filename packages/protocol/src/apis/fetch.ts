import { describeApi } from '../api.ts'
import { array, int8, int16, int32, int64, records, string, struct, uuid } from '../schema.ts'

/**
 * Record batches from partitions. Here for the checker that reads back, and for consumers that meet the mock broker.
 *
 *   4  Isolation level, last stable offset, aborted transactions; record batches of format 2 (KIP-98).
 *   5  Log start offsets (KIP-107).
 *   6  May answer KAFKA_STORAGE_ERROR (KIP-112).
 *   7  Fetch sessions (KIP-227).
 *   8  The broker answers before it throttles (KIP-219).
 *   9  Request: current leader epoch (KIP-320).
 *  10  Batches may be compressed with zstd (KIP-110).
 *  11  Fetching from the closest replica: rack and preferred replica (KIP-392).
 *  12  Flexible. Epoch of the last record, divergence, cluster id, for Raft (KIP-595).
 *  13  Topics are named by id instead of by name (KIP-516).
 *  14  May answer OFFSET_MOVED_TO_TIERED_STORAGE (KIP-405).
 *  15  Request: the replica's state, tagged, replaces its id (KIP-903).
 *  16  Response: addresses of new leaders (KIP-951).
 *  17  Request: directory id, for Raft (KIP-853).
 */
export const fetch = describeApi({
  name: 'Fetch',
  key: 1,
  versions: { min: 4, max: 17 },
  flexibleFrom: 12,
  throttlesAfterAnswering: 8,
  request: {
    clusterId: string.from(12).nullable().tagged(0).or(null).ignorable(),
    replicaId: int32.upTo(14).or(-1),
    replicaState: struct({
      replicaId: int32.or(-1),
      replicaEpoch: int64.or(-1n),
    })
      .from(15)
      .tagged(1),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32.from(3).or(2147483647).ignorable(),
    isolationLevel: int8.from(4).or(0).ignorable(),
    sessionId: int32.from(7).or(0).ignorable(),
    sessionEpoch: int32.from(7).or(-1).ignorable(),
    topics: array({
      topic: string.upTo(12).ignorable(),
      topicId: uuid.from(13).ignorable(),
      partitions: array({
        partition: int32,
        currentLeaderEpoch: int32.from(9).or(-1).ignorable(),
        fetchOffset: int64,
        lastFetchedEpoch: int32.from(12).or(-1),
        logStartOffset: int64.from(5).or(-1n).ignorable(),
        partitionMaxBytes: int32,
        replicaDirectoryId: uuid.from(17).tagged(0).ignorable(),
      }),
    }),
    forgottenTopicsData: array({
      topic: string.upTo(12).ignorable(),
      topicId: uuid.from(13).ignorable(),
      partitions: array(int32),
    }).from(7),
    rackId: string.from(11).or('').ignorable(),
  },
  response: {
    throttleTimeMs: int32.from(1).ignorable(),
    errorCode: int16.from(7).ignorable(),
    sessionId: int32.from(7).or(0),
    responses: array({
      topic: string.upTo(12).ignorable(),
      topicId: uuid.from(13).ignorable(),
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        highWatermark: int64,
        lastStableOffset: int64.from(4).or(-1n).ignorable(),
        logStartOffset: int64.from(5).or(-1n).ignorable(),
        divergingEpoch: struct({
          epoch: int32.or(-1),
          endOffset: int64.or(-1n),
        })
          .from(12)
          .tagged(0),
        currentLeader: struct({
          leaderId: int32.or(-1),
          leaderEpoch: int32.or(-1),
        })
          .from(12)
          .tagged(1),
        snapshotId: struct({
          endOffset: int64.or(-1n),
          epoch: int32.or(-1),
        })
          .from(12)
          .tagged(2),
        abortedTransactions: array({
          producerId: int64,
          firstOffset: int64,
        })
          .from(4)
          .nullable()
          .ignorable(),
        preferredReadReplica: int32.from(11).or(-1),
        records: records.nullable(),
      }),
    }),
    nodeEndpoints: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.nullable().or(null),
    })
      .from(16)
      .tagged(0),
  },
})
