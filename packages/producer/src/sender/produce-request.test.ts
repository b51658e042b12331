import {
  decodeResponse,
  encodeResponse,
  produce,
  type ResponseInput,
  readBatchHeader,
  zeroUuid,
} from '@harrow/protocol'
import { expect, test } from 'vitest'
import { AccumulatorFixture, clusterOf } from '../../test/accumulator-fixture.ts'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import { Cluster } from '../metadata/cluster.ts'
import { answersByBatch, produceRequest, produceVersion } from './produce-request.ts'

const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Four partitions of one broker, with data in each. */
function drained(id: string = zeroUuid): { batches: ProducerBatch[]; cluster: Cluster } {
  const { nodes } = clusterOf([1])
  const partitions = [0, 1, 2, 3].map(() => ({ leaderId: 1, leaderEpoch: 0 }))
  const cluster = new Cluster({ clusterId: null, nodes, topics: new Map([['t', { topicId: id, partitions }]]) })
  const fixture = new AccumulatorFixture({}, cluster)
  for (let i = 0; i < 40; i++) fixture.append(i % 4)
  return { batches: fixture.take(1, 10), cluster }
}

type Responses = NonNullable<ResponseInput<typeof produce>['responses']>

/** As it comes over the wire in this version. */
function answer(version: number, responses: Responses) {
  const frame = encodeResponse(produce, version, 1, { responses, throttleTimeMs: 0 })
  return decodeResponse(produce, version, frame.subarray(4)).body
}

test('produce request: it has one batch of format 2 per partition, as it was sealed', () => {
  const { batches, cluster } = drained()
  const body = produceRequest(batches, { cluster, acks: -1, timeoutMs: 30_000 })
  expect(body).toMatchObject({ transactionalId: null, acks: -1, timeoutMs: 30_000, topicData: [{ name: 't' }] })
  const partitionData = body.topicData?.[0]?.partitionData ?? []
  expect(partitionData.map(({ index }) => index)).toEqual([0, 1, 2, 3])
  for (const [i, { records }] of partitionData.entries()) {
    expect(records).toBe(batches[i]!.seal())
    const header = readBatchHeader(records!)
    expect(header).toMatchObject({ magic: 2, recordCount: batches[i]!.recordCount })
    expect(header.bytes).toHaveLength(records!.length)
  }
})

test('produce request: any version from 3 on carries it, and ids are used where all are known', () => {
  const unknown = drained()
  const known = drained(topicId)
  const options = { versionMin: 3, compressionType: 'none' } as const
  for (let version = produce.versions.min; version <= produce.versions.max; version++) {
    expect(produceVersion(version, known.batches, { ...options, cluster: known.cluster })).toBe(version)
    const byName = Math.min(version, 12)
    expect(produceVersion(version, unknown.batches, { ...options, cluster: unknown.cluster })).toBe(byName)
  }
  const byIdOnly = { ...options, versionMin: 13 }
  expect(produceVersion(13, unknown.batches, { ...byIdOnly, cluster: unknown.cluster })).toBeUndefined()
})

test('produce request: zstd needs version 7', () => {
  const { batches, cluster } = drained(topicId)
  const options = { cluster, versionMin: 3 }
  expect(produceVersion(6, batches, { ...options, compressionType: 'zstd' })).toBeUndefined()
  expect(produceVersion(7, batches, { ...options, compressionType: 'zstd' })).toBe(7)
  expect(produceVersion(6, batches, { ...options, compressionType: 'lz4' })).toBe(6)
})

test.each([
  [12, 't', zeroUuid],
  [13, '', topicId],
])(
  'produce request: in version %i each batch finds its answer, in whatever order, and none where there is none',
  (version, name, id) => {
    const { batches, cluster } = drained(topicId)
    const partition = (index: number) => ({ index, errorCode: 0, baseOffset: BigInt(100 + index) })
    const body = answer(version, [
      { name, topicId: id, partitionResponses: [partition(3), partition(0)] },
      { name, topicId: id, partitionResponses: [partition(2)] },
    ])
    expect(answersByBatch(batches, body, cluster).map((found) => found?.baseOffset)).toEqual([
      100n,
      undefined,
      102n,
      103n,
    ])
  },
)

test('produce request: an answer has the log start offset from version 5, and refused records from version 8 on', () => {
  const { batches, cluster } = drained()
  const recordErrors = [{ batchIndex: 2, batchIndexErrorMessage: 'too old' }]
  const partition = { index: 0, errorCode: 87, baseOffset: -1n, logAppendTimeMs: 1_000n }
  const found = (version: number, more: object) =>
    answersByBatch(
      batches,
      answer(version, [{ name: 't', partitionResponses: [{ ...partition, ...more }] }]),
      cluster,
    )[0]
  expect(found(3, {})).toMatchObject({ errorCode: 87, logAppendTimeMs: 1_000n, logStartOffset: -1n, recordErrors: [] })
  expect(found(5, { logStartOffset: 7n })).toMatchObject({ logStartOffset: 7n, recordErrors: [] })
  expect(found(7, { recordErrors, errorMessage: 'no' })).toMatchObject({ recordErrors: [], errorMessage: null })
  expect(found(8, { recordErrors, errorMessage: 'no' })).toMatchObject({ recordErrors, errorMessage: 'no' })
})
