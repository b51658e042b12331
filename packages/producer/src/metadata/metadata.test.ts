import { type metadata as metadataApi, type ResponseOf, zeroUuid } from '@harrow/protocol'
import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { Metadata } from './metadata.ts'

type Response = ResponseOf<typeof metadataApi>

function metadataOf(): Metadata {
  return new Metadata(seededRandom(1), {
    bootstrapServers: [{ host: 'seed', port: 9092 }],
    retryBackoffMs: 100,
    retryBackoffMaxMs: 1_000,
    metadataMaxAgeMs: 300_000,
    metadataMaxIdleMs: 300_000,
    metadataRecoveryRebootstrapTriggerMs: 300_000,
    trace: undefined,
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
  const idA = 'AAAAAAAAAAAAAAAAAAAAAQ'
  const idB = 'AAAAAAAAAAAAAAAAAAAAAg'
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
