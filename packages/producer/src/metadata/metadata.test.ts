import { kafkaErrors, type metadata as metadataApi, type ResponseOf, zeroUuid } from '@harrow/protocol'
import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import type { ProducerEvent, Trace } from '../trace.ts'
import { Metadata } from './metadata.ts'

const idA = 'AAAAAAAAAAAAAAAAAAAAAQ'
const idB = 'AAAAAAAAAAAAAAAAAAAAAg'

type Response = ResponseOf<typeof metadataApi>

function metadataOf(trace?: Trace): Metadata {
  return new Metadata(seededRandom(1), {
    bootstrapServers: [{ host: 'seed', port: 9092 }],
    retryBackoffMs: 100,
    retryBackoffMaxMs: 1_000,
    metadataMaxAgeMs: 300_000,
    metadataMaxIdleMs: 300_000,
    metadataRecoveryRebootstrapTriggerMs: 300_000,
    trace,
  })
}

function answer(
  topics: Record<string, { epoch?: number; errorCode?: number; leader?: number; id?: string }>,
  nodes = [1, 2],
): Response {
  return {
    throttleTimeMs: 0,
    brokers: nodes.map((nodeId) => ({ nodeId, host: `broker-${nodeId}`, port: 9092, rack: null })),
    clusterId: 'c',
    controllerId: 1,
    topics: Object.entries(topics).map(([name, { epoch = 0, errorCode = 0, leader = 1, id = zeroUuid }]) => ({
      errorCode,
      name,
      topicId: id,
      isInternal: false,
      partitions:
        errorCode === 0
          ? [
              {
                errorCode: 0,
                partitionIndex: 0,
                leaderId: leader,
                leaderEpoch: epoch,
                replicaNodes: [],
                isrNodes: [],
                offlineReplicas: [],
              },
            ]
          : [],
      topicAuthorizedOperations: 0,
    })),
    clusterAuthorizedOperations: 0,
    errorCode: 0,
  }
}

/** One exchange with the latest version. */
function update(metadata: Metadata, nowMs: number, response: Response): void {
  metadata.handleResponse(metadata.startRequest(nowMs), 13, response, nowMs)
}

test('metadata: an update is due from the start, and then after metadata.max.age.ms', () => {
  const metadata = metadataOf()
  expect(metadata.nextUpdateMs()).toBe(Number.NEGATIVE_INFINITY)
  update(metadata, 10, answer({}))
  expect(metadata.nextUpdateMs()).toBe(300_010)
})

test('metadata: one request at a time', () => {
  const metadata = metadataOf()
  metadata.startRequest(0)
  metadata.requestUpdate()
  expect(metadata.nextUpdateMs()).toBe(Number.POSITIVE_INFINITY)
})

test('metadata: a new topic is asked for at once and alone, and an answer to an older question does not end that', () => {
  const metadata = metadataOf()
  update(metadata, 0, answer({}))
  metadata.use('a', 1)
  expect(metadata.nextUpdateMs()).toBeLessThanOrEqual(1)
  const request = metadata.startRequest(1)
  expect(request).toMatchObject({ topics: ['a'], isPartial: true })
  metadata.use('b', 2)
  metadata.handleResponse(request, 13, answer({ a: {} }), 3)
  expect(metadata.nextUpdateMs()).toBeLessThanOrEqual(3)
  expect(metadata.startRequest(3)).toMatchObject({ topics: ['b'], isPartial: true })
})

test('metadata: a partial answer leaves other topics as they were', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: {} }))
  metadata.use('b', 1)
  update(metadata, 1, answer({ b: {} }))
  expect([...metadata.cluster.topics.keys()]).toEqual(['a', 'b'])
})

test('metadata: failures back off exponentially, and so do answers that bring nothing new', () => {
  const metadata = metadataOf()
  const within = (gap: number, min: number, max: number): void => {
    expect(gap).toBeGreaterThanOrEqual(min)
    expect(gap).toBeLessThanOrEqual(max)
  }
  for (const [min, max] of [
    [80, 120],
    [160, 240],
    [320, 480],
    [640, 960],
    [800, 1_000],
  ] as const) {
    metadata.startRequest(0)
    metadata.handleFailure('test', 0)
    within(metadata.nextUpdateMs(), min, max)
  }
  metadata.use('a', 0)
  for (const max of [120, 120, 240, 480]) {
    update(metadata, 0, answer({ a: { epoch: 3 } }))
    metadata.requestUpdate()
    within(metadata.nextUpdateMs(), 80, max)
  }
})

test('metadata: an answer without brokers is a failure', () => {
  const metadata = metadataOf()
  update(metadata, 0, answer({}, []))
  expect(metadata.updateVersion).toBe(0)
})

test('metadata: an older leader epoch does not replace a newer one, unless the topic is another one', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: { epoch: 5, leader: 2, id: idA } }))
  metadata.requestUpdate()
  update(metadata, 1, answer({ a: { epoch: 4, leader: 1, id: idA } }))
  expect(metadata.cluster.leaderOf('a', 0)).toMatchObject({ node: { id: 2 }, leaderEpoch: 5 })
  metadata.requestUpdate()
  update(metadata, 2, answer({ a: { epoch: 0, leader: 1, id: idB } }))
  expect(metadata.cluster.leaderOf('a', 0)).toMatchObject({ node: { id: 1 }, leaderEpoch: 0 })
})

test('metadata: leader epochs before version 9 are not trusted (KAFKA-9212)', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  metadata.handleResponse(metadata.startRequest(0), 8, answer({ a: { epoch: 5, leader: 2 } }), 0)
  expect(metadata.cluster.leaderOf('a', 0)?.leaderEpoch).toBeUndefined()
  metadata.handleResponse(metadata.startRequest(1), 8, answer({ a: { epoch: 4, leader: 1 } }), 1)
  expect(metadata.cluster.leaderOf('a', 0)?.node.id).toBe(1)
})

test('metadata: a topic that is not used any more is forgotten, one without an answer is not', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: {} }))
  metadata.use('b', 0)
  update(metadata, 300_000, answer({ a: {} }))
  expect(metadata.topicsInUse).toEqual(['b'])
  expect(metadata.cluster.topics.has('a')).toBe(false)
})

test('metadata: errors of a topic are kept until an answer without one, and retriable ones ask again', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: { errorCode: 5 } }))
  expect(metadata.errorOf('a')?.name).toBe('LEADER_NOT_AVAILABLE')
  expect(metadata.nextUpdateMs()).toBeLessThanOrEqual(120)
  update(metadata, 200, answer({ a: {} }))
  expect(metadata.errorOf('a')).toBeUndefined()
})

test('metadata: a known topic outlives a moment without a leader', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: {} }))
  update(metadata, 200, answer({ a: { errorCode: 5 } }))
  expect(metadata.cluster.partitionCount('a')).toBe(1)
})

test('metadata: leader hints count only when complete, newer and reachable (KIP-951)', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: { epoch: 5, leader: 1 } }))
  const hint = { topic: 'a', partition: 0, leaderId: 2, leaderEpoch: 6 }
  const ignored = [
    { ...hint, leaderEpoch: 5 },
    { ...hint, leaderEpoch: -1 },
    { ...hint, leaderId: -1 },
    { ...hint, leaderId: 9 },
    { ...hint, topic: 'b' },
    { ...hint, partition: 1 },
  ]
  expect(metadata.applyLeaderHints(ignored, [])).toBe(false)
  expect(metadata.applyLeaderHints([{ ...hint, leaderId: 9 }], [{ id: 9, host: 'new', port: 1 }])).toBe(true)
  expect(metadata.cluster.leaderOf('a', 0)).toEqual({ node: { id: 9, host: 'new', port: 1 }, leaderEpoch: 6 })
})

test('metadata: rebootstrapping asks the first servers again and keeps what is known until they answer', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: {} }))
  expect(metadata.candidates.map(({ id }) => id)).toEqual([1, 2])
  expect(metadata.rebootstrap()).toBe(true)
  expect(metadata.rebootstrap()).toBe(false)
  expect(metadata.candidates).toEqual([{ id: -1, host: 'seed', port: 9092 }])
  expect(metadata.cluster.partitionCount('a')).toBe(1)
  update(metadata, 200, answer({ a: {} }, [7]))
  expect(metadata.candidates.map(({ id }) => id)).toEqual([7])
})

test('metadata: an update that is asked for waits out the backoff after the last answer', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 1_000, answer({ a: {} }))
  metadata.requestUpdate()
  expect(metadata.nextUpdateMs()).toBeGreaterThanOrEqual(1_080)
  expect(metadata.nextUpdateMs()).toBeLessThanOrEqual(1_120)
})

test('metadata: after a failure the backoff holds even for what is asked for, and the age counts from the last success', () => {
  const metadata = metadataOf()
  update(metadata, 0, answer({}))
  metadata.requestUpdate()
  metadata.startRequest(1_000)
  metadata.handleFailure('test', 1_000)
  metadata.requestUpdate()
  expect(metadata.nextUpdateMs()).toBeGreaterThanOrEqual(1_080)
  update(metadata, 2_000, answer({}))
  expect(metadata.nextUpdateMs()).toBe(302_000)
  metadata.startRequest(302_000)
  metadata.handleFailure('test', 302_000)
  // Still too old, so only the backoff counts.
  expect(metadata.nextUpdateMs()).toBeLessThanOrEqual(302_120)
})

test('metadata: a failure, a new topic and an answer to mere age end the backoff for answers that bring nothing', () => {
  const stale = (): Metadata => {
    const metadata = metadataOf()
    metadata.use('a', 0)
    for (let i = 0; i < 6; i++) {
      update(metadata, 0, answer({ a: { epoch: 3 } }))
      metadata.requestUpdate()
    }
    expect(metadata.nextUpdateMs()).toBeGreaterThanOrEqual(640)
    return metadata
  }
  const failed = stale()
  failed.startRequest(0)
  failed.handleFailure('test', 0)
  const withNew = stale()
  withNew.use('b', 0)
  const aged = stale()
  for (const metadata of [failed, withNew, aged]) {
    const nowMs = metadata === aged ? 400_000 : 0
    update(metadata, nowMs, answer({ a: { epoch: 3 }, b: {} }))
    metadata.requestUpdate()
    expect(metadata.nextUpdateMs()).toBeLessThanOrEqual(nowMs + 120)
  }
})

test('metadata: a topic that is used already asks for nothing', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: {} }))
  metadata.use('a', 10)
  expect(metadata.nextUpdateMs()).toBe(300_000)
})

test('metadata: a waiting send asks for its topic alone while that is new, and for all topics once it is known', () => {
  const metadata = metadataOf()
  metadata.use('known', 0)
  update(metadata, 0, answer({ known: {} }))
  metadata.use('new', 1)
  metadata.requestUpdateFor('new')
  expect(metadata.startRequest(1)).toMatchObject({ topics: ['new'], isPartial: true })
  metadata.handleFailure('test', 1)
  metadata.requestUpdateFor('known')
  metadata.requestUpdateFor('new')
  expect(metadata.startRequest(500)).toMatchObject({ topics: ['known', 'new'], isPartial: false })
})

test('metadata: a partial answer leaves a full update pending, and does not count as one for the age', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: {} }))
  metadata.use('b', 1_000)
  const partial = metadata.startRequest(1_000)
  expect(partial.isPartial).toBe(true)
  metadata.requestUpdate()
  metadata.handleResponse(partial, 13, answer({ b: {} }), 1_000)
  expect(metadata.startRequest(2_000)).toMatchObject({ topics: ['a', 'b'], isPartial: false })
  metadata.handleResponse({ topics: ['b'], isPartial: true, version: 2 }, 13, answer({ b: {} }), 2_000)
  const other = metadataOf()
  other.use('a', 0)
  update(other, 0, answer({ a: {} }))
  other.use('b', 1_000)
  update(other, 1_000, answer({ b: {} }))
  expect(other.nextUpdateMs()).toBe(300_000)
})

test('metadata: when what is known is too old even a new topic asks for all', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: {} }))
  metadata.use('b', 300_000)
  expect(metadata.startRequest(300_000)).toMatchObject({ topics: ['a', 'b'], isPartial: false })
})

test('metadata: the cluster has the id of the last answer', () => {
  const metadata = metadataOf()
  expect(metadata.cluster.clusterId).toBeNull()
  update(metadata, 0, answer({}))
  expect(metadata.cluster.clusterId).toBe('c')
  update(metadata, 300_000, { ...answer({}), clusterId: 'another' })
  expect(metadata.cluster.clusterId).toBe('another')
})

test('metadata: the epoch of a topic that is refused for a while is remembered, unless it comes back as another topic', () => {
  for (const [id, leader] of [
    [idA, undefined],
    [idB, 1],
  ] as const) {
    const metadata = metadataOf()
    metadata.use('a', 0)
    update(metadata, 0, answer({ a: { epoch: 5, leader: 2, id: idA } }))
    metadata.requestUpdate()
    update(metadata, 1_000, answer({ a: { errorCode: 29 } }))
    expect(metadata.cluster.partitionCount('a')).toBeUndefined()
    metadata.requestUpdate()
    update(metadata, 2_000, answer({ a: { epoch: 4, leader: 1, id } }))
    expect(metadata.cluster.leaderOf('a', 0)?.node.id).toBe(leader)
  }
})

test('metadata: an answer that leaves a topic out forgets its partitions and not their epochs', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: { epoch: 10 } }))
  metadata.requestUpdate()
  update(metadata, 1_000, answer({}))
  expect(metadata.cluster.topics.size).toBe(0)
  metadata.requestUpdate()
  update(metadata, 2_000, answer({ a: { epoch: 9 } }))
  expect(metadata.cluster.leaderOf('a', 0)).toBeUndefined()
  metadata.requestUpdate()
  update(metadata, 3_000, answer({ a: { epoch: 10 } }))
  expect(metadata.cluster.leaderOf('a', 0)?.leaderEpoch).toBe(10)
})

test('metadata: with the same id, or without one, a lower epoch is old news; the first id ever starts anew', () => {
  const known = (id: string): Metadata => {
    const metadata = metadataOf()
    metadata.use('a', 0)
    update(metadata, 0, answer({ a: { epoch: 5, leader: 2, id } }))
    metadata.requestUpdate()
    return metadata
  }
  for (const [before, after, leader] of [
    [idA, idA, 2],
    [idA, zeroUuid, 2],
    [zeroUuid, zeroUuid, 2],
    [zeroUuid, idA, 1],
    [idA, idB, 1],
  ] as const) {
    const metadata = known(before)
    update(metadata, 1_000, answer({ a: { epoch: 4, leader: 1, id: after } }))
    expect(metadata.cluster.leaderOf('a', 0)?.node.id).toBe(leader)
  }
})

test('metadata: a leader hint counts as seen, so an answer from before it does not undo it', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: { epoch: 5, leader: 1, id: idA } }))
  metadata.applyLeaderHints([{ topic: 'a', partition: 0, leaderId: 2, leaderEpoch: 6 }], [])
  metadata.requestUpdate()
  update(metadata, 1_000, answer({ a: { epoch: 5, leader: 1, id: idA } }))
  expect(metadata.cluster.leaderOf('a', 0)).toMatchObject({ node: { id: 2 }, leaderEpoch: 6 })
  expect(metadata.cluster.topics.get('a')?.topicId).toBe(idA)
})

test('metadata: hints for many partitions of a topic all count, and the snapshot before them stays as it was', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  const [topic] = answer({ a: { epoch: 5 } }).topics
  const partitions = [0, 1, 2].map((partitionIndex) => ({ ...topic!.partitions[0]!, partitionIndex }))
  update(metadata, 0, { ...answer({}), topics: [{ ...topic!, partitions }] })
  const before = metadata.cluster
  const hints = [0, 2].map((partition) => ({ topic: 'a', partition, leaderId: 2, leaderEpoch: 6 }))
  expect(metadata.applyLeaderHints(hints, [])).toBe(true)
  const leaders = (cluster: typeof before) => [0, 1, 2].map((partition) => cluster.leaderOf('a', partition)?.node.id)
  expect(leaders(metadata.cluster)).toEqual([2, 1, 2])
  expect(leaders(before)).toEqual([1, 1, 1])
})

test('metadata: a leader hint for one partition changes no other', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  const [topic] = answer({ a: { epoch: 5, id: idA } }).topics
  const partitions = [0, 1].map((partitionIndex) => ({ ...topic!.partitions[0]!, partitionIndex }))
  update(metadata, 0, { ...answer({}), topics: [{ ...topic!, partitions }] })
  metadata.applyLeaderHints([{ topic: 'a', partition: 1, leaderId: 2, leaderEpoch: 9 }], [])
  expect([0, 1].map((partition) => metadata.cluster.leaderOf('a', partition)?.node.id)).toEqual([1, 2])
  expect(metadata.cluster.topicName(idA)).toBe('a')
})

test('metadata: brokers that say no leader epoch work, and it stays unknown', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: { epoch: -1 } }))
  expect(metadata.cluster.leaderOf('a', 0)).toMatchObject({ node: { id: 1 }, leaderEpoch: undefined })
  metadata.requestUpdate()
  update(metadata, 1_000, answer({ a: { epoch: -1, leader: 2 } }))
  expect(metadata.cluster.leaderOf('a', 0)).toMatchObject({ node: { id: 2 }, leaderEpoch: undefined })
})

test('metadata: a leader of which no address is known is no leader, and its epoch is remembered', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  update(metadata, 0, answer({ a: { epoch: 5, leader: 7 } }))
  expect(metadata.cluster.leaderOf('a', 0)).toBeUndefined()
  expect(metadata.cluster.availablePartitions('a')).toEqual([])
  expect(metadata.cluster.partitionCount('a')).toBe(1)
  metadata.requestUpdate()
  update(metadata, 1_000, answer({ a: { epoch: 4, leader: 1 } }))
  expect(metadata.cluster.leaderOf('a', 0)).toBeUndefined()
})

test('metadata: a partition with an error asks for an update, and the others of its topic count', () => {
  const metadata = metadataOf()
  metadata.use('a', 0)
  const [topic] = answer({ a: { epoch: 5 } }).topics
  const partitions = [
    { ...topic!.partitions[0]!, partitionIndex: 0 },
    { ...topic!.partitions[0]!, partitionIndex: 2, errorCode: 5, leaderId: -1 },
  ]
  update(metadata, 0, { ...answer({}), topics: [{ ...topic!, partitions }] })
  expect(metadata.cluster.partitionCount('a')).toBe(3)
  expect(metadata.cluster.availablePartitions('a')).toEqual([0])
  expect(metadata.nextUpdateMs()).toBeLessThanOrEqual(120)
})

test('metadata: a partial answer replaces what it contains, errors included, and keeps the rest', () => {
  const metadata = metadataOf()
  metadata.use('kept', 0)
  metadata.use('refused', 0)
  update(metadata, 0, answer({ kept: { id: idA }, refused: { errorCode: 29 } }))
  expect(metadata.errorOf('refused')?.name).toBe('TOPIC_AUTHORIZATION_FAILED')
  metadata.use('new', 1)
  update(metadata, 1_000, answer({ new: { errorCode: 17 }, unused: {} }))
  expect([...metadata.cluster.topics.keys()]).toEqual(['kept'])
  expect(metadata.cluster.topicName(idA)).toBe('kept')
  expect(metadata.errorOf('refused')?.name).toBe('TOPIC_AUTHORIZATION_FAILED')
  expect(metadata.errorOf('new')?.name).toBe('INVALID_TOPIC_EXCEPTION')
  expect(metadata.errorOf('kept')).toBeUndefined()
})

test('metadata: a refusal is told once', () => {
  const metadata = metadataOf()
  metadata.refuse(kafkaErrors.UNSUPPORTED_VERSION, 0)
  expect(metadata.takeRefusal()?.name).toBe('UNSUPPORTED_VERSION')
  expect(metadata.takeRefusal()).toBeUndefined()
  expect(metadata.nextUpdateMs()).toBeGreaterThanOrEqual(80)
})

test('metadata: the wait that ends in a rebootstrap begins when an update is due, not when somebody can be asked', () => {
  const metadata = metadataOf()
  update(metadata, 0, answer({}))
  expect(metadata.rebootstrapMs).toBe(Number.POSITIVE_INFINITY)
  metadata.noteDue(1_000)
  metadata.noteDue(2_000)
  expect(metadata.rebootstrapMs).toBe(301_000)
  update(metadata, 3_000, answer({}))
  expect(metadata.rebootstrapMs).toBe(Number.POSITIVE_INFINITY)
})

test('metadata: a leader that changes is told with its epoch, a first or an older one is not', () => {
  const told: ProducerEvent[] = []
  const metadata = metadataOf((event) => told.push(event))
  metadata.use('orders', 0)
  update(metadata, 0, answer({ orders: { epoch: 1 } }))
  update(metadata, 1_000, answer({ orders: { epoch: 1 } }))
  update(metadata, 2_000, answer({ orders: { epoch: 3, leader: 2, id: idA } }))
  update(metadata, 4_000, answer({ orders: { epoch: 2 } }))
  expect(told.filter(({ event }) => event === 'leader-changed')).toEqual([
    { event: 'leader-changed', topic: 'orders', topicId: idA, partition: 0, leader: 2, epoch: 3 },
  ])
})
