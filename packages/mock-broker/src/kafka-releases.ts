/** A release of Apache Kafka that a broker can look like. */
export interface KafkaRelease {
  readonly name: KafkaReleaseName
  /** Highest version served of each API; one that is not listed is not served. */
  readonly apiVersionsMax: ReadonlyMap<string, number>
  /**
   * Whether `min.insync.replicas` counts as at most the number of replicas, and the high watermark stands still while
   * too few are in sync (KAFKA-15583, since 3.7).
   */
  readonly holdsHighWatermarkBelowMinIsr: boolean
  /**
   * Records of metadata that one request may write: a topic, a partition and a setting are one each (KAFKA-14996, since
   * 3.6; QuorumController.MAX_RECORDS_PER_USER_OP).
   */
  readonly operationRecordsMax: number
}

/** In order, oldest first. */
export const kafkaReleaseNames = [
  '0.11',
  '1.0',
  '1.1',
  '2.0',
  '2.1',
  '2.2',
  '2.3',
  '2.4',
  '2.5',
  '2.6',
  '2.7',
  '2.8',
  '3.0',
  '3.1',
  '3.2',
  '3.3',
  '3.4',
  '3.5',
  '3.6',
  '3.7',
  '3.8',
  '3.9',
  '4.0',
  '4.1',
  '4.2',
  '4.3',
] as const

export type KafkaReleaseName = (typeof kafkaReleaseNames)[number]

export const latestRelease: KafkaReleaseName = '4.3'

/**
 * The releases that raised the highest version of an API, and to what; from the message definitions of each release. The
 * lowest versions are those of Kafka 4 for all: what Kafka 4 has removed is not described here at all.
 */
const raisedBy: Readonly<Record<string, Partial<Record<KafkaReleaseName, number>>>> = {
  Produce: { '0.11': 3, '1.0': 5, '2.0': 6, '2.1': 7, '2.4': 8, '2.8': 9, '3.7': 10, '3.8': 11, '4.0': 12, '4.1': 13 },
  Fetch: {
    '0.11': 5,
    '1.0': 6,
    '1.1': 7,
    '2.0': 8,
    '2.1': 10,
    '2.3': 11,
    '2.7': 12,
    '3.1': 13,
    '3.5': 15,
    '3.7': 16,
    '3.9': 17,
    '4.1': 18,
  },
  ListOffsets: {
    '0.11': 2,
    '2.0': 3,
    '2.1': 4,
    '2.2': 5,
    '2.8': 6,
    '3.0': 7,
    '3.5': 8,
    '3.9': 9,
    '4.0': 10,
    '4.2': 11,
  },
  Metadata: {
    '0.11': 4,
    '1.0': 5,
    '2.0': 6,
    '2.1': 7,
    '2.3': 8,
    '2.4': 9,
    '2.8': 11,
    '3.1': 12,
    '4.0': 13,
  },
  OffsetCommit: { '0.11': 3, '2.0': 4, '2.1': 6, '2.3': 7, '2.4': 8, '3.7': 9, '4.2': 10 },
  OffsetFetch: { '0.11': 3, '2.0': 4, '2.1': 5, '2.4': 6, '2.5': 7, '3.0': 8, '3.7': 9, '4.2': 10 },
  FindCoordinator: { '0.11': 1, '2.0': 2, '2.4': 3, '3.0': 4, '3.8': 5, '3.9': 6 },
  JoinGroup: { '0.11': 2, '2.0': 3, '2.2': 4, '2.3': 5, '2.4': 6, '2.5': 7, '3.2': 9 },
  Heartbeat: { '0.11': 1, '2.0': 2, '2.3': 3, '2.4': 4 },
  LeaveGroup: { '0.11': 1, '2.0': 2, '2.4': 4, '3.2': 5 },
  SyncGroup: { '0.11': 1, '2.0': 2, '2.3': 3, '2.4': 4, '2.5': 5 },
  DescribeGroups: { '0.11': 1, '2.0': 2, '2.3': 3, '2.4': 5, '4.0': 6 },
  ListGroups: { '0.11': 1, '2.0': 2, '2.4': 3, '2.6': 4, '3.8': 5 },
  ApiVersions: { '0.11': 1, '2.0': 2, '2.4': 3, '3.9': 4 },
  CreateTopics: { '0.11': 2, '2.0': 3, '2.4': 5, '2.7': 6, '2.8': 7 },
  DeleteTopics: { '0.11': 1, '2.0': 2, '2.1': 3, '2.4': 4, '2.7': 5, '2.8': 6 },
  DeleteRecords: { '0.11': 0, '2.0': 1, '2.6': 2 },
  InitProducerId: { '0.11': 0, '2.0': 1, '2.4': 2, '2.5': 3, '2.7': 4, '3.8': 5 },
  OffsetForLeaderEpoch: { '0.11': 0, '2.0': 1, '2.1': 2, '2.3': 3, '2.8': 4 },
  DescribeConfigs: { '0.11': 0, '1.1': 1, '2.0': 2, '2.6': 3, '2.8': 4 },
  AlterConfigs: { '0.11': 0, '2.0': 1, '2.8': 2 },
  CreatePartitions: { '1.0': 0, '2.0': 1, '2.5': 2, '2.7': 3 },
  DeleteGroups: { '1.1': 0, '2.0': 1, '2.4': 2 },
  IncrementalAlterConfigs: { '2.3': 0, '2.4': 1 },
  OffsetDelete: { '2.4': 0 },
  DescribeCluster: { '2.8': 0, '3.7': 1, '4.0': 2 },
  DescribeProducers: { '2.8': 0 },
  DescribeTopicPartitions: { '3.8': 0 },
}

/** APIs that the table knows. */
export const releasedApis: readonly string[] = Object.keys(raisedBy)

/** Worked out once: a cluster asks for every broker, and tests start thousands of clusters. */
const known = new Map<KafkaReleaseName, KafkaRelease>()

export function kafkaRelease(name: KafkaReleaseName): KafkaRelease {
  const release = known.get(name) ?? releaseOf(name)
  known.set(name, release)
  return release
}

function releaseOf(name: KafkaReleaseName): KafkaRelease {
  const upTo = kafkaReleaseNames.slice(0, kafkaReleaseNames.indexOf(name) + 1)
  const apiVersionsMax = new Map<string, number>()
  for (const [api, raised] of Object.entries(raisedBy)) {
    const max = upTo.findLast((release) => raised[release] !== undefined)
    if (max !== undefined) apiVersionsMax.set(api, raised[max] ?? 0)
  }
  return {
    name,
    apiVersionsMax,
    holdsHighWatermarkBelowMinIsr: upTo.includes('3.7'),
    operationRecordsMax: upTo.includes('3.6') ? 10_000 : Number.POSITIVE_INFINITY,
  }
}
