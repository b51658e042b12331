import {
  alterConfigs,
  createPartitions,
  deleteRecords,
  deleteTopics,
  describeCluster,
  describeConfigs,
  describeProducers,
  describeTopicPartitions,
  fetch,
  incrementalAlterConfigs,
  metadata,
  offsetForLeaderEpoch,
  zeroUuid,
} from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { expect, test } from 'vitest'
import { batchOf, Simulation } from './simulated.ts'

/** What administrators ask of a broker. */

function world(): Simulation {
  return new Simulation({ brokers: 3, topics: { orders: { partitions: 2 }, audit: 1 } })
}

const upTo = (max: number, min = 0): number[] => Array.from({ length: max - min + 1 }, (_, i) => min + i)
const topicId = (sim: Simulation, name: string) => sim.cluster.topics.find((one) => one.name === name)?.id ?? ''
const names = (sim: Simulation) => sim.cluster.topics.map(({ name }) => name)

test.each(upTo(5, 1))('DeleteTopics v%i: by name, and an unknown one is error 3', (version) => {
  const sim = world()
  const answer = sim.ask(deleteTopics, version, { topicNames: ['orders', 'nothing'], timeoutMs: 100 })
  expect(answer?.responses.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['orders', 0],
    ['nothing', 3],
  ])
  expect(names(sim)).toEqual(['audit'])
})

test('DeleteTopics v6: by id, with name and id in the answer; an unknown id is error 100', () => {
  const sim = world()
  const id = topicId(sim, 'orders')
  const other = sim.cluster.admin.recreateTopic('audit')
  sim.cluster.admin.deleteTopic('audit')
  const topics = [
    { name: null, topicId: id },
    { name: null, topicId: other },
    { name: 'orders', topicId: id },
  ]
  const answer = sim.ask(deleteTopics, 6, { topics, timeoutMs: 100 })
  expect(answer?.responses.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['orders', 0],
    [null, 100],
    ['orders', 42],
  ])
})

test('DeleteTopics: whoever waits in a Fetch there is told', () => {
  const sim = world()
  const client = sim.client(1)
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 100 }]
  const id = client.send(fetch, 11, { maxWaitMs: 9000, minBytes: 1, topics: [{ topic: 'orders', partitions }] })
  sim.run(5)
  sim.cluster.admin.deleteTopic('orders')
  sim.run(5)
  expect(client.answer(fetch, id)?.responses[0]?.partitions[0]?.errorCode).toBe(3)
})

test.each(upTo(3))('CreatePartitions v%i: adds, and refuses what is no increase', (version) => {
  const sim = world()
  const ask = (count: number, validateOnly = false) => {
    const topics = [{ name: 'orders', count, assignments: null }]
    return sim.ask(createPartitions, version, { topics, timeoutMs: 100, validateOnly })?.results[0]
  }
  expect(ask(5, true)?.errorCode).toBe(0)
  expect(ask(5)?.errorCode).toBe(0)
  expect(ask(5)).toMatchObject({ errorCode: 37, errorMessage: 'Topic already has 5 partition(s).' })
  expect(ask(4)?.errorMessage).toBe('The topic orders currently has 5 partition(s); 4 would not be an increase.')
  expect(sim.cluster.topics[0]?.partitions).toBe(5)
})

test('CreatePartitions: an assignment decides who leads, and must fit', () => {
  const sim = world()
  const ask = (assignments: { brokerIds: number[] }[]) => {
    const topics = [{ name: 'orders', count: 3, assignments }]
    return sim.ask(createPartitions, 3, { topics, timeoutMs: 100, validateOnly: false })?.results[0]?.errorCode
  }
  expect(ask([])).toBe(39)
  expect(ask([{ brokerIds: [1, 2] }])).toBe(39)
  expect(ask([{ brokerIds: [1, 2, 9] }])).toBe(39)
  expect(ask([{ brokerIds: [3, 2, 1] }])).toBe(0)
  expect(sim.cluster.leader('orders', 2).id).toBe(3)
})

test.each(upTo(2))(
  'DeleteRecords v%i: moves the start, also into a batch, and never beyond the high watermark',
  (version) => {
    const sim = world()
    sim.produce(batchOf(3))
    sim.produce(batchOf(3))
    const ask = (offset: bigint, broker = 1) => {
      const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, offset }] }]
      const one = sim.ask(deleteRecords, version, { topics, timeoutMs: 100 }, { broker })?.topics[0]?.partitions[0]
      return [one?.errorCode, one?.lowWatermark]
    }
    expect(ask(4n)).toEqual([0, 4n])
    expect(sim.cluster.records('orders', 0).map(({ offset }) => offset)).toEqual([4n, 5n])
    expect(sim.cluster.batches('orders', 0)).toHaveLength(1)
    expect(ask(2n)).toEqual([0, 4n])
    expect(ask(7n)).toEqual([1, -1n])
    expect(ask(-1n)).toEqual([0, 6n])
    expect(ask(1n, 2)).toEqual([6, -1n])
    expect(sim.produce(batchOf(1))).toMatchObject({ baseOffset: 6n, logStartOffset: 6n })
  },
)

test('DeleteRecords: a topic that is compacted only is error 44', () => {
  const sim = new Simulation({ topics: { orders: { config: { 'cleanup.policy': 'compact' } } } })
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, offset: 0n }] }]
  expect(sim.ask(deleteRecords, 2, { topics, timeoutMs: 100 })?.topics[0]?.partitions[0]?.errorCode).toBe(44)
})

function settings(sim: Simulation, version = 4) {
  const resources = [{ resourceType: 2, resourceName: 'orders', configurationKeys: null }]
  const found = sim.ask(describeConfigs, version, { resources, includeSynonyms: true })?.results[0]?.configs ?? []
  return new Map(found.map((entry) => [entry.name, entry]))
}

test.each(upTo(4, 1))('DescribeConfigs v%i: every key of a topic, with its default', (version) => {
  const found = settings(world(), version)
  expect(found.get('max.message.bytes')).toMatchObject({ value: '1048588', configSource: 5, isSensitive: false })
  expect(found.get('retention.ms')?.value).toBe('604800000')
  expect(found.size).toBeGreaterThan(30)
})

test('DescribeConfigs: a broker tells of itself only, and an unknown topic is error 3', () => {
  const sim = world()
  const ask = (resourceType: number, resourceName: string, configurationKeys: string[] | null = null) =>
    sim.ask(describeConfigs, 4, { resources: [{ resourceType, resourceName, configurationKeys }] })?.results[0]
  expect(ask(4, '1', ['num.partitions'])?.configs).toMatchObject([
    { name: 'num.partitions', value: '1', readOnly: true },
  ])
  expect(ask(4, '2')).toMatchObject({ errorCode: 42, configs: [] })
  expect(ask(2, 'nothing')).toMatchObject({ errorCode: 3 })
  expect(ask(2, 'no good name')?.errorCode).toBe(17)
})

// The probe of B15 with `message.max.bytes` of all brokers.
test('DescribeConfigs: where there is nothing to say the message is empty, not null', () => {
  const resources = ['orders', 'nothing'].map((resourceName) => ({
    resourceType: 2,
    resourceName,
    configurationKeys: null,
  }))
  const results = world().ask(describeConfigs, 4, { resources })?.results
  expect(results?.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
    [0, ''],
    [3, ''],
  ])
})

test('IncrementalAlterConfigs: what is set holds at once, and what is deleted has its default', () => {
  const sim = world()
  const change = (configOperation: number, name: string, value: string | null, validateOnly = false) => {
    const resources = [{ resourceType: 2, resourceName: 'orders', configs: [{ name, configOperation, value }] }]
    return sim.ask(incrementalAlterConfigs, 1, { resources, validateOnly })?.responses[0]
  }
  expect(change(0, 'max.message.bytes', '80', true)?.errorCode).toBe(0)
  expect(sim.produce(batchOf(3))?.errorCode).toBe(0)
  expect(change(0, 'max.message.bytes', '80')?.errorCode).toBe(0)
  expect(sim.produce(batchOf(3))?.errorCode).toBe(10)
  expect(settings(sim).get('max.message.bytes')).toMatchObject({
    value: '80',
    configSource: 1,
    synonyms: [
      { value: '80', source: 1 },
      { value: '1048588', source: 5 },
    ],
  })
  expect(change(1, 'max.message.bytes', null)?.errorCode).toBe(0)
  expect(sim.produce(batchOf(3))?.errorCode).toBe(0)
  expect(change(0, 'max.message.bytes', 'many')?.errorCode).toBe(40)
  expect(change(0, 'no.such.key', '1')?.errorCode).toBe(40)
  expect(change(2, 'max.message.bytes', '1')?.errorMessage).toContain("Can't APPEND to key max.message.bytes")
  expect(change(2, 'cleanup.policy', 'compact')?.errorCode).toBe(0)
  expect(settings(sim).get('cleanup.policy')?.value).toBe('delete,compact')
  expect(change(3, 'cleanup.policy', 'delete')?.errorCode).toBe(0)
  expect(settings(sim).get('cleanup.policy')?.value).toBe('compact')
})

test.each(upTo(2))('AlterConfigs v%i: what is not named has its default again', (version) => {
  const sim = world()
  const replace = (configs: { name: string; value: string }[], resourceName = 'orders') => {
    const resources = [{ resourceType: 2, resourceName, configs }]
    return sim.ask(alterConfigs, version, { resources, validateOnly: false })?.responses[0]?.errorCode
  }
  expect(replace([{ name: 'retention.ms', value: '1000' }])).toBe(0)
  expect(replace([{ name: 'min.insync.replicas', value: '2' }])).toBe(0)
  expect(settings(sim).get('retention.ms')?.value).toBe('604800000')
  expect(settings(sim).get('min.insync.replicas')?.value).toBe('2')
  expect(replace([], 'nothing')).toBe(3)
})

test('AlterConfigs: min.insync.replicas holds at once', () => {
  const sim = world()
  sim.cluster.admin.shrinkIsr({ topic: 'orders', partition: 0 })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
  const configs = [{ name: 'min.insync.replicas', value: '2' }]
  sim.ask(alterConfigs, 2, { resources: [{ resourceType: 2, resourceName: 'orders', configs }], validateOnly: false })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(19)
})

test.each(upTo(2))('DescribeCluster v%i: live brokers, and fenced ones on request', (version) => {
  const sim = new Simulation({ brokers: [{ rack: 'a' }, { rack: 'b' }] })
  sim.cluster.broker(2).kill()
  sim.run(5)
  const body = { includeClusterAuthorizedOperations: true, ...(version >= 2 ? { includeFencedBrokers: true } : {}) }
  const answer = sim.ask(describeCluster, version, body)
  expect(answer?.brokers.map(({ brokerId, rack, isFenced }) => [brokerId, rack, isFenced])).toEqual(
    version >= 2
      ? [
          [1, 'a', false],
          [2, 'b', true],
        ]
      : [[1, 'a', false]],
  )
  expect(answer).toMatchObject({ errorCode: 0, clusterId: sim.cluster.clusterId, controllerId: 1 })
  expect(answer?.clusterAuthorizedOperations).toBe(8096)
})

// kafkajs's describeConfigs.spec: it wants no synonym of retention.ms, whose log.retention.ms has no default.
test('DescribeConfigs: a setting of a topic has the key of the broker that stands in for it as synonym, if one does', () => {
  const sim = new Simulation({ topics: { orders: { partitions: 1, config: { 'cleanup.policy': 'compact' } } } })
  const resources = [{ resourceType: 2, resourceName: 'orders', configurationKeys: null }]
  const configs = sim.ask(describeConfigs, 4, { resources, includeSynonyms: true })?.results[0]?.configs
  const synonymsOf = (key: string) =>
    configs?.find(({ name }) => name === key)?.synonyms.map(({ name, value, source }) => [name, value, source])
  expect(synonymsOf('retention.ms')).toEqual([])
  expect(synonymsOf('max.message.bytes')).toEqual([['message.max.bytes', '1048588', 5]])
  expect(synonymsOf('cleanup.policy')).toEqual([
    ['cleanup.policy', 'compact', 1],
    ['log.cleanup.policy', 'delete', 5],
  ])
})

// librdkafka's 0081 (DescribeTopics, DescribeCluster), which ask Metadata for it.
test.each([8, 9, 10])(
  'Metadata v%i: says what one may do, of topics and of the cluster, only when asked',
  (version) => {
    const sim = new Simulation({ topics: { orders: 1 } })
    const asked = { includeTopicAuthorizedOperations: true, includeClusterAuthorizedOperations: true }
    const answer = sim.ask(metadata, version, { topics: [{ name: 'orders' }], ...asked })
    expect(answer?.topics[0]?.topicAuthorizedOperations).toBe(3576)
    expect(answer?.clusterAuthorizedOperations).toBe(8096)
    const unasked = sim.ask(metadata, version, { topics: [{ name: 'orders' }] })
    expect(unasked?.topics[0]?.topicAuthorizedOperations).toBe(-2147483648)
    expect(unasked?.clusterAuthorizedOperations).toBe(-2147483648)
  },
)

test('DescribeCluster: a broker is no controller, so asking it for those is error 114', () => {
  const body = { includeClusterAuthorizedOperations: false, endpointType: 2 }
  expect(world().ask(describeCluster, 1, body)?.errorCode).toBe(114)
})

test('DescribeTopicPartitions: sorted by name, page by page', () => {
  const sim = world()
  const pages: [string | null, number[]][][] = []
  let cursor: { topicName: string; partitionIndex: number } | null = null
  do {
    const answer: NonNullable<ReturnType<typeof ask>> | undefined = ask(cursor)
    pages.push(
      (answer?.topics ?? []).map(({ name, partitions }) => [
        name,
        partitions.map(({ partitionIndex }) => partitionIndex),
      ]),
    )
    cursor = answer?.nextCursor ?? null
  } while (cursor !== null)
  expect(pages).toEqual([
    [
      ['audit', [0]],
      ['orders', [0]],
    ],
    [['orders', [1]]],
  ])

  function ask(from: typeof cursor) {
    return sim.ask(describeTopicPartitions, 0, { topics: [], responsePartitionLimit: 2, cursor: from })
  }
})

test('DescribeTopicPartitions: an unknown topic is error 3', () => {
  const answer = world().ask(describeTopicPartitions, 0, { topics: [{ name: 'nothing' }], responsePartitionLimit: 10 })
  expect(answer?.topics).toMatchObject([{ name: 'nothing', errorCode: 3, topicId: zeroUuid }])
})

test('DescribeProducers: epoch, last sequence and time of every producer that wrote here', () => {
  const sim = world()
  sim.produce(batchOf(3, { producerId: 7n, producerEpoch: 2, baseSequence: 0 }))
  const ask = (partition: number, broker = 1) => {
    const topics = [{ name: 'orders', partitionIndexes: [partition] }]
    return sim.ask(describeProducers, 0, { topics }, { broker })?.topics[0]?.partitions[0]
  }
  expect(ask(0)?.activeProducers).toMatchObject([{ producerId: 7n, producerEpoch: 2, lastSequence: 2 }])
  // A follower knows as much.
  expect(ask(0, 2)?.activeProducers).toEqual(ask(0)?.activeProducers)
  expect(ask(9)?.errorCode).toBe(3)
})

test.each([2, 3, 4])('OffsetForLeaderEpoch v%i: where each epoch ended', (version) => {
  const sim = world()
  sim.produce(batchOf(3))
  sim.cluster.moveLeader({ topic: 'orders', partition: 0, to: 2 })
  sim.cluster.moveLeader({ topic: 'orders', partition: 0, to: 1 })
  sim.produce(batchOf(2))
  const ask = (leaderEpoch: number, options: { currentLeaderEpoch?: number; broker?: number } = {}) => {
    const { currentLeaderEpoch = -1, broker = 1 } = options
    const topics = [{ topic: 'orders', partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch }] }]
    const one = sim.ask(offsetForLeaderEpoch, version, { topics }, { broker })?.topics[0]?.partitions[0]
    return [one?.errorCode, one?.leaderEpoch, one?.endOffset]
  }
  expect([ask(0), ask(1), ask(2), ask(3)]).toEqual([
    [0, 0, 3n],
    // Nothing was written in epoch 1, and the replica that led it was another: this one never heard of it.
    [0, 0, 3n],
    [0, 2, 5n],
    [0, -1, -1n],
  ])
  expect(ask(0, { currentLeaderEpoch: 1 })[0]).toBe(74)
  expect(ask(0, { currentLeaderEpoch: 9 })[0]).toBe(75)
  expect(ask(0, { broker: 2 })[0]).toBe(6)
})

// librdkafka's 0081 (AlterConfigs, IncrementalAlterConfigs): settings of a broker and of a group.
test('IncrementalAlterConfigs: settings of a broker, of all brokers and of a group are kept and told', () => {
  const sim = world()
  const change = (resourceType: number, resourceName: string, name: string, value: string | null, operation = 0) => {
    const configs = [{ name, configOperation: operation, value }]
    const resources = [{ resourceType, resourceName, configs }]
    return sim.ask(incrementalAlterConfigs, 1, { resources, validateOnly: false })?.responses[0]
  }
  const told = (resourceType: number, resourceName: string, name: string) => {
    const resources = [{ resourceType, resourceName, configurationKeys: [name] }]
    const answer = sim.ask(describeConfigs, 4, { resources, includeSynonyms: true })
    const [entry] = answer?.results[0]?.configs ?? []
    return entry && [entry.value, entry.configSource, entry.synonyms.map(({ source }) => source)]
  }
  expect(told(4, '1', 'background.threads')).toEqual(['10', 5, [5]])
  expect(change(4, '', 'background.threads', '12')?.errorCode).toBe(0)
  expect(told(4, '1', 'background.threads')).toEqual(['12', 3, [3, 5]])
  expect(change(4, '1', 'background.threads', '9')?.errorCode).toBe(0)
  expect(told(4, '1', 'background.threads')).toEqual(['9', 2, [2, 3, 5]])
  expect(change(4, '1', 'log.cleanup.policy', 'compact', 2)?.errorCode).toBe(0)
  expect(told(4, '1', 'log.cleanup.policy')?.[0]).toBe('delete,compact')
  expect(change(4, '1', 'background.threads', null, 1)?.errorCode).toBe(0)
  expect(told(4, '1', 'background.threads')).toEqual(['12', 3, [3, 5]])
  expect(change(32, 'readers', 'consumer.session.timeout.ms', '50000')?.errorCode).toBe(0)
  expect(told(32, 'readers', 'consumer.session.timeout.ms')).toEqual(['50000', 8, [8, 5]])
  sim.cluster.reset()
  expect(told(32, 'readers', 'consumer.session.timeout.ms')).toEqual(['45000', 5, [5]])
})

test('IncrementalAlterConfigs: what is set for all brokers holds for topics that say nothing of their own', () => {
  const sim = new Simulation({ brokers: 1, topics: { orders: 1, own: { config: { 'max.message.bytes': 1000 } } } })
  const set = (name: string, value: string | null, operation = 0) => {
    const configs = [{ name, configOperation: operation, value }]
    const resources = [{ resourceType: 4, resourceName: '', configs }]
    return sim.ask(incrementalAlterConfigs, 1, { resources, validateOnly: false })?.responses[0]?.errorCode
  }
  const write = (topic: string, bytes: number) => sim.produce(batchOf([{ value: 'x'.repeat(bytes) }]), { topic })
  const told = (topic: string) => {
    const resources = [{ resourceType: 2, resourceName: topic, configurationKeys: ['max.message.bytes'] }]
    const answer = sim.ask(describeConfigs, 4, { resources, includeSynonyms: true })
    return answer?.results[0]?.configs[0]?.synonyms.map(({ name, value, source }) => [name, value, source])
  }
  expect(write('orders', 300)?.errorCode).toBe(0)
  expect(set('message.max.bytes', '200')).toBe(0)
  expect(write('orders', 300)?.errorCode).toBe(10)
  expect(write('own', 300)?.errorCode).toBe(0)
  expect(told('orders')).toEqual([
    ['message.max.bytes', '200', 3],
    ['message.max.bytes', '1048588', 5],
  ])
  sim.cluster.createTopic('later', 1)
  expect(write('later', 300)?.errorCode).toBe(10)
  expect(set('message.max.bytes', null, 1)).toBe(0)
  expect(write('orders', 300)?.errorCode).toBe(0)
  expect(set('log.message.timestamp.type', 'LogAppendTime')).toBe(0)
  expect(write('orders', 1)?.logAppendTimeMs).not.toBe(-1n)
  expect(set('min.insync.replicas', '0')).toBe(42)
  expect(set('log.message.timestamp.type', 'Never')).toBe(42)
  sim.cluster.reset()
  expect(write('orders', 1)?.logAppendTimeMs).toBe(-1n)
})

test('compression.type: batches are stored in it, whatever they come in, unless they are too large then', () => {
  const codecs = nodeCodecs
  const sim = new Simulation({
    brokers: 1,
    topics: {
      orders: { config: { 'compression.type': 'gzip' } },
      plain: { config: { 'compression.type': 'uncompressed', 'max.message.bytes': 500 } },
    },
  })
  const value = 'x'.repeat(300)
  expect(sim.produce(batchOf([{ value }]), { topic: 'orders' })?.errorCode).toBe(0)
  expect(sim.produce(batchOf([{ value }], { codec: codecs.lz4 }), { topic: 'plain' })?.errorCode).toBe(0)
  expect(sim.produce(batchOf([{ value }, { value }], { codec: codecs.lz4 }), { topic: 'plain' })?.errorCode).toBe(10)
  const stored = (topic: string) => sim.cluster.batches(topic, 0).map((batch) => batch.compression)
  expect([stored('orders'), stored('plain')]).toEqual([['gzip'], ['none']])
  const texts = [...sim.cluster.records('orders'), ...sim.cluster.records('plain')].map((record) => record.value)
  expect(texts.map((text) => Buffer.from(text ?? []).toString())).toEqual([value, value])
})

test('AlterConfigs: of a broker only itself, nothing that is fixed, and no value of another kind', () => {
  const sim = world()
  const replace = (resourceType: number, resourceName: string, name: string, value: string) => {
    const resources = [{ resourceType, resourceName, configs: [{ name, value }] }]
    return sim.ask(alterConfigs, 2, { resources, validateOnly: false })?.responses[0]?.errorCode
  }
  expect(replace(4, '1', 'sasl.kerberos.min.time.before.relogin', '58000')).toBe(0)
  expect(replace(4, '2', 'background.threads', '9')).toBe(42)
  expect(replace(4, 'one', 'background.threads', '9')).toBe(42)
  expect(replace(4, '1', 'node.id', '9')).toBe(42)
  expect(replace(4, '1', 'background.threads', 'many')).toBe(42)
  expect(replace(4, '1', 'unclean.leader.election.enable', 'perhaps')).toBe(42)
  expect(replace(4, '1', 'a.plugin.knows', 'this')).toBe(0)
  expect(replace(32, 'readers', 'no.such.key', '1')).toBe(40)
  expect(replace(32, 'readers', 'consumer.session.timeout.ms', 'long')).toBe(40)
  expect(replace(32, '', 'consumer.session.timeout.ms', '50000')).toBe(42)
  expect(replace(8, '1', 'log4j', 'DEBUG')).toBe(42)
})
