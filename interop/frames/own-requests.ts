import {
  type Api,
  alterConfigs,
  apiVersions,
  createPartitions,
  createTopics,
  decodeResponse,
  deleteRecords,
  deleteTopics,
  describeCluster,
  describeConfigs,
  describeProducers,
  describeTopicPartitions,
  fetch,
  findCoordinator,
  incrementalAlterConfigs,
  initProducerId,
  listOffsets,
  metadata,
  offsetForLeaderEpoch,
  produce,
  type RequestInput,
  zeroUuid,
} from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import type { BrokerConnection } from '../wire/broker-connection.ts'
import { testBatch } from '../wire/test-batch.ts'
import { sendGroupRequests } from './group-requests.ts'

/** A topic that exists, to ask about. */
export interface KnownTopic {
  readonly name: string
  readonly id: string
}

interface Ask {
  readonly api: Api
  /** The bodies to send at a version, in order. */
  readonly bodies: (version: number) => readonly object[]
}

function ask<A extends Api>(api: A, bodies: (version: number) => readonly RequestInput<A>[]): Ask {
  return { api, bodies }
}

/** One or more requests for every API that is described, so that every field that a broker fills in is seen filled in. */
export function ownRequests(topic: KnownTopic): readonly Ask[] {
  const named = { name: topic.name, topicId: topic.id }
  const resource = { resourceType: 2, resourceName: topic.name }
  const records = (version: number) => [
    testBatch([{ key: 'k', value: 'v', headers: { h: 'x' } }, { value: null }], { codec: codecOf(version) }),
  ]
  return [
    ask(apiVersions, () => [{ clientSoftwareName: 'harrow', clientSoftwareVersion: '0.1.0' }]),
    ask(metadata, (version) => [
      { topics: [{ ...(version < 12 ? {} : { topicId: topic.id }), name: version < 12 ? topic.name : null }] },
      { topics: [{ name: 'nobody-made-this' }], ...(version < 4 ? {} : { allowAutoTopicCreation: false }) },
      ...(version < 8 ? [] : [{ topics: [{ name: topic.name }], includeTopicAuthorizedOperations: true }]),
    ]),
    ask(produce, (version) =>
      [...records(version), Uint8Array.of()].map((bytes) => ({
        acks: -1,
        timeoutMs: 5000,
        topicData: [{ ...named, partitionData: [{ index: 0, records: bytes }] }],
      })),
    ),
    ask(initProducerId, () => [{ transactionalId: null, transactionTimeoutMs: 60_000 }]),
    ask(listOffsets, () =>
      [-1n, -2n].map((timestamp) => ({
        replicaId: -1,
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp }] }],
      })),
    ),
    ask(fetch, () =>
      // From the start, and from behind the end.
      [0n, 1_000_000n].map((fetchOffset) => ({
        maxWaitMs: 10,
        minBytes: 1,
        topics: [
          {
            topic: topic.name,
            topicId: topic.id,
            partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 400 }],
          },
        ],
      })),
    ),
    ask(offsetForLeaderEpoch, () => [
      { topics: [{ topic: topic.name, partitions: [{ partition: 0, leaderEpoch: 0 }] }] },
    ]),
    ask(findCoordinator, (version) => [version < 4 ? { key: 'app' } : { coordinatorKeys: ['app', 'bpp'], keyType: 0 }]),
    ask(createTopics, (version) => [
      {
        topics: [
          { name: `made-v${version}`, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] },
          {
            name: topic.name,
            numPartitions: 1,
            replicationFactor: 1,
            assignments: [],
            configs: [{ name: 'retention.ms', value: '1' }],
          },
        ],
        timeoutMs: 10_000,
      },
    ]),
    ask(createPartitions, (version) => [
      {
        topics: [{ name: 'made-v2', count: 2 + version, assignments: null }],
        timeoutMs: 10_000,
        validateOnly: false,
      },
    ]),
    ask(describeConfigs, () => [
      { resources: [{ ...resource, configurationKeys: ['retention.ms'] }], includeSynonyms: true },
    ]),
    ask(alterConfigs, () => [
      { resources: [{ ...resource, configs: [{ name: 'retention.ms', value: '3600000' }] }], validateOnly: true },
    ]),
    ask(incrementalAlterConfigs, () => [
      {
        resources: [{ ...resource, configs: [{ name: 'no.such.key', configOperation: 0, value: '1' }] }],
        validateOnly: true,
      },
    ]),
    ask(deleteRecords, () => [
      { topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 1n }] }], timeoutMs: 10_000 },
    ]),
    ask(describeCluster, () => [{ includeClusterAuthorizedOperations: true }]),
    ask(describeProducers, () => [{ topics: [{ name: topic.name, partitionIndexes: [0, 7] }] }]),
    ask(describeTopicPartitions, () => [{ topics: [{ name: topic.name }], responsePartitionLimit: 1 }]),
    ask(deleteTopics, (version) => [
      version < 6
        ? { topicNames: [`made-v${version}`, 'nobody-made-this'], timeoutMs: 10_000 }
        : { topics: ['made-v6', 'nobody-made-this'].map((name) => ({ name, topicId: zeroUuid })), timeoutMs: 10_000 },
    ]),
  ]
}

/** Sends all of them that the broker serves, one after the other. Returns what it does not serve. */
export async function sendOwnRequests(connection: BrokerConnection, topic: KnownTopic): Promise<string[]> {
  const { body } = decodeResponse(apiVersions, 0, await connection.request(apiVersions, 0, {}))
  const served = new Map(body.apiKeys.map((row) => [row.apiKey, row]))
  const notServed: string[] = []
  await sendGroupRequests(connection, topic, (api) => served.get(api.key))
  for (const { api, bodies } of ownRequests(topic)) {
    const row = served.get(api.key)
    for (let version = api.versions.min; version <= api.versions.max; version++) {
      if (row === undefined || version < row.minVersion || version > row.maxVersion) {
        notServed.push(`${api.name} v${version}`)
        continue
      }
      for (const each of bodies(version)) await connection.request(api, version, each as RequestInput<Api>)
    }
  }
  return notServed
}

/** A codec per version, so that the answer to Fetch holds several. */
function codecOf(version: number) {
  return [undefined, nodeCodecs.gzip, nodeCodecs.snappy, nodeCodecs.lz4][version % 4]
}
