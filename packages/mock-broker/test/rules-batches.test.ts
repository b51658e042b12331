import { crc32c, kafkaErrors, portableCodecs, produce, readBatchHeader } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { expect, test } from 'vitest'
import { batchOf, Simulation, wallStartMs } from './simulated.ts'

/** Rules B of the broker: what becomes of one batch in one partition. */

const { snappy, lz4 } = portableCodecs
const invalidRecord = kafkaErrors.INVALID_RECORD.code
const corrupt = kafkaErrors.CORRUPT_MESSAGE.code
const outOfOrder = kafkaErrors.OUT_OF_ORDER_SEQUENCE_NUMBER.code

function world(config: Record<string, string | number> = {}): Simulation {
  return new Simulation({ brokers: 3, topics: { orders: { partitions: 3, config } } })
}

/** The batch with some of its bytes changed, and its checksum made right again. */
function edited(batch: Uint8Array, edit: (view: DataView) => void): Uint8Array {
  const changed = batch.slice()
  const view = new DataView(changed.buffer)
  edit(view)
  view.setUint32(17, crc32c(changed.subarray(21)) >>> 0)
  return changed
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** Batches of one idempotent producer, sent one after another to a partition of a fresh cluster. */
function sequence(batches: readonly { epoch?: number; at: number; records?: number }[]) {
  const sim = world()
  return batches.map(({ epoch = 0, at, records = 1 }) => {
    const answer = sim.produce(batchOf(records, { producerId: 7n, producerEpoch: epoch, baseSequence: at }))
    return [answer?.errorCode, answer?.baseOffset]
  })
}

test('B2: an unknown topic or partition is error 3, without log start', () => {
  const sim = world()
  const error = { errorCode: 3, baseOffset: -1n, logStartOffset: -1n }
  expect(sim.produce(batchOf(1), { topic: 'nothing' })).toMatchObject(error)
  expect(sim.produce(batchOf(1), { partition: 3 })).toMatchObject(error)
})

test.each([
  ['empty records', new Uint8Array(0)],
  ['11 bytes', new Uint8Array(11)],
  ['a batch cut short', batchOf(3).subarray(0, 70)],
  ['magic 0', edited(batchOf(1), (view) => view.setInt8(16, 0))],
  ['magic 1', edited(batchOf(1), (view) => view.setInt8(16, 1))],
  ['two batches', joined(batchOf(1), batchOf(1))],
])('B3, B4, B6: %s is error 87', (_, records) => {
  expect(world().produce(records)).toMatchObject({ errorCode: invalidRecord, errorMessage: null })
})

test('B5: a second batch with an impossible magic or length is error 2, for its partition alone', () => {
  const badMagic = edited(batchOf(1), (view) => view.setInt8(16, 9))
  const badLength = edited(batchOf(1), (view) => view.setInt32(8, 13))
  for (const second of [badMagic, badLength]) {
    expect(world().produce(joined(batchOf(1), second))).toMatchObject({ errorCode: corrupt, errorMessage: null })
  }
})

test('B7: junk behind the batch, shorter than a header, is trimmed', () => {
  const sim = world()
  expect(sim.produce(joined(batchOf(2), new Uint8Array(11)))?.errorCode).toBe(0)
  expect(sim.cluster.batches('orders', 0)[0]?.bytes).toHaveLength(batchOf(2).length)
})

test('B8: zstd before version 7 is error 76, from 7 on it is taken', () => {
  const zstd = edited(batchOf(1), (view) => view.setInt16(21, 4))
  expect(world().produce(zstd, { version: 6 })?.errorCode).toBe(kafkaErrors.UNSUPPORTED_COMPRESSION_TYPE.code)
  // The bytes are no zstd, which is another error: the codec was asked.
  expect(world().produce(zstd, { version: 7 })?.errorCode).toBe(-1)
})

test.each([5, 6, 7])('B9: compression id %i is error -1', (id) => {
  const unknown = edited(batchOf(1), (view) => view.setInt16(21, id))
  expect(world().produce(unknown)).toMatchObject({ errorCode: -1, logStartOffset: 0n })
  expect(world().produce(unknown, { version: 6 })).toMatchObject({ errorCode: -1, logStartOffset: -1n })
})

test('B10: internal topics are written by administrators only', () => {
  const sim = new Simulation({ topics: { __consumer_offsets: 1 } })
  const topic = '__consumer_offsets'
  expect(sim.produce(batchOf(1), { topic })?.errorCode).toBe(kafkaErrors.INVALID_TOPIC_EXCEPTION.code)
  const client = sim.client()
  client.clientId = '__admin_client'
  expect(sim.produce(batchOf(1), { topic, client })?.errorCode).toBe(0)
})

test('B11: another broker than the leader says 6, and from version 10 on who leads and where', () => {
  const sim = world()
  const client = sim.client(2)
  expect(sim.produce(batchOf(1), { client, version: 9 })).toMatchObject({ errorCode: 6, logStartOffset: -1n })
  const hint = sim.produce(batchOf(1), { client, version: 10 })
  expect(hint).toMatchObject({ errorCode: 6, currentLeader: { leaderId: 1, leaderEpoch: 0 } })
})

test('B11: the address of a leader that is down is not told', () => {
  const sim = new Simulation({ brokers: 2, topics: { orders: { partitions: 1, replicas: 1 } } })
  sim.cluster.broker(1).stop()
  sim.run(5)
  const answer = sim.produce(batchOf(1), { broker: 2, version: 10 })
  expect(answer).toMatchObject({ errorCode: 6, currentLeader: { leaderId: -1, leaderEpoch: 1 } })
})

test('B13: too few replicas in sync are error 19 with acks=all, and no matter otherwise', () => {
  const sim = world({ 'min.insync.replicas': 3 })
  sim.cluster.broker(3).stop()
  sim.run(5)
  expect(sim.produce(batchOf(1))).toMatchObject({ errorCode: 19, logStartOffset: 0n, baseOffset: -1n })
  expect(sim.produce(batchOf(1), { acks: 1 })).toMatchObject({ errorCode: 0, baseOffset: 0n })
  sim.cluster.broker(3).start()
  sim.run(5)
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
})

test('B14: a base offset other than 0 is error 87', () => {
  const batch = edited(batchOf(1), (view) => view.setBigInt64(0, 1n))
  expect(world().produce(batch)?.errorCode).toBe(invalidRecord)
})

test('B15: the size of the batch counts, to the byte', () => {
  const batch = batchOf(3)
  const fits = world({ 'max.message.bytes': batch.length })
  expect(fits.produce(batch)?.errorCode).toBe(0)
  const tight = world({ 'max.message.bytes': batch.length - 1 })
  expect(tight.produce(batch)).toMatchObject({ errorCode: 10, logStartOffset: -1n })
})

test('B16: any bit under the checksum that flips is error 2', () => {
  const batch = batchOf(1)
  for (let at = 21; at < batch.length; at += 7) {
    const flipped = batch.slice()
    flipped[at]! ^= 0x10
    expect([at, world().produce(flipped)?.errorCode]).toEqual([at, corrupt])
  }
})

test('B16: a batch that ends behind its producer id and before its records is error 2', () => {
  const short = batchOf(1).slice(0, 56)
  new DataView(short.buffer).setInt32(8, 44)
  expect(world().produce(short)).toMatchObject({ errorCode: corrupt, logStartOffset: -1n })
})

test('B16: a batch that ends before its producer id fails the whole request with error -1', () => {
  const sim = world()
  const short = batchOf(1).slice(0, 40)
  new DataView(short.buffer).setInt32(8, 28)
  const partitionData = [batchOf(1), short].map((records, index) => ({ index, records }))
  const body = { acks: -1, timeoutMs: 1000, topicData: [{ name: 'orders', partitionData }] }
  const answers = sim.ask(produce, 9, body)?.responses[0]?.partitionResponses
  expect(answers?.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
    [-1, null],
    [-1, null],
  ])
  expect(sim.cluster.records('orders')).toEqual([])
})

test.each([
  ['a record count of 0', (view: DataView) => view.setInt32(57, 0)],
  ['a negative record count', (view: DataView) => view.setInt32(57, -1)],
  ['a last offset delta that does not fit the count', (view: DataView) => view.setInt32(23, 5)],
  ['the control bit', (view: DataView) => view.setInt16(21, 0x20)],
  ['a producer id with a negative sequence', (view: DataView) => view.setBigInt64(43, 9n)],
])('B17: %s is error 87, with log start and without record errors', (_, edit) => {
  const answer = world().produce(edited(batchOf(2), edit))
  expect(answer).toMatchObject({ errorCode: invalidRecord, recordErrors: [], errorMessage: null, logStartOffset: 0n })
})

test.each([-1, 1])('B18: a count that is off by %i from the records there is error 87', (by) => {
  const batch = edited(batchOf(3), (view) => {
    view.setInt32(57, 3 + by)
    view.setInt32(23, 2 + by)
  })
  expect(world().produce(batch)?.errorCode).toBe(invalidRecord)
})

test.each([1, 2, 3, 4])('B19: bytes that do not decompress with id %i are error -1', (id) => {
  const batch = edited(batchOf(3), (view) => view.setInt16(21, id))
  expect(world().produce(batch)).toMatchObject({ errorCode: -1, logStartOffset: 0n })
})

test.each(['gzip', 'snappy', 'lz4'] as const)('B19: what %s really compressed is taken as it came', (name) => {
  const sim = world()
  const batch = batchOf(50, { codec: nodeCodecs[name] })
  expect(sim.produce(batch)?.errorCode).toBe(0)
  expect(sim.cluster.records('orders', 0)).toHaveLength(50)
  expect(sim.cluster.batches('orders', 0)[0]?.bytes.subarray(21)).toEqual(batch.subarray(21))
})

test('B20: a compacted topic names every record without a key', () => {
  const sim = world({ 'cleanup.policy': 'compact' })
  const records = [{ key: 'a' }, { key: null }, { key: 'b' }, { key: null }]
  const answer = sim.produce(batchOf(records))
  expect(answer).toMatchObject({ errorCode: invalidRecord, errorMessage: expect.any(String), logStartOffset: 0n })
  expect(answer?.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1, 3])
  expect(sim.produce(batchOf(records), { version: 7 })).toMatchObject({ errorCode: invalidRecord, recordErrors: [] })
  expect(sim.cluster.records('orders')).toEqual([])
})

test('B21: timestamps too old or too new are error 32, each record named', () => {
  const config = { 'message.timestamp.before.max.ms': 1000, 'message.timestamp.after.max.ms': 2000 }
  const nowMs = wallStartMs
  const timestamps = [nowMs, nowMs - 1100, nowMs - 900, nowMs + 2100, nowMs + 1900]
  const answer = world(config).produce(batchOf(timestamps.map((timestamp) => ({ timestamp }))))
  expect([answer?.errorCode, answer?.recordErrors.map(({ batchIndex }) => batchIndex)]).toEqual([32, [1, 3]])
})

test('B21: by default the past is unlimited and the future is one hour', () => {
  const at = (timestamp: number) => world().produce(batchOf([{ timestamp }]))?.errorCode
  expect([at(0), at(wallStartMs + 3_600_000), at(wallStartMs + 3_700_000)]).toEqual([0, 0, 32])
})

test('B22: a record without a timestamp is accepted', () => {
  const sim = world({ 'message.timestamp.before.max.ms': 1000 })
  expect(sim.produce(batchOf([{ timestamp: -1 }]))?.errorCode).toBe(0)
})

test('B23: the LogAppendTime attribute from a client is refused by a LogAppendTime topic alone', () => {
  const claims = (timestamp: number) => edited(batchOf([{ timestamp }]), (view) => view.setInt16(21, 0x08))
  const config = { 'message.timestamp.type': 'LogAppendTime' }
  const refused = world(config).produce(claims(wallStartMs))
  expect([refused?.errorCode, refused?.recordErrors.length]).toEqual([32, 1])
  const sim = world()
  expect(sim.produce(claims(wallStartMs))?.errorCode).toBe(0)
  expect(sim.cluster.batches('orders', 0)[0]?.timestampType).toBe('create')
  expect(sim.produce(claims(-1))?.errorCode).toBe(32)
})

test('B24: a LogAppendTime topic writes its own time, and says so', () => {
  const sim = world({ 'message.timestamp.type': 'LogAppendTime' })
  const answer = sim.produce(batchOf([{ timestamp: 5 }, { timestamp: 6 }]))
  const nowMs = Number(answer?.logAppendTimeMs)
  expect(nowMs).toBeGreaterThanOrEqual(wallStartMs)
  const [batch] = sim.cluster.batches('orders', 0)
  expect([batch?.timestampType, batch?.maxTimestamp]).toEqual(['log-append', nowMs])
  expect(sim.cluster.records('orders', 0).map(({ timestamp }) => timestamp)).toEqual([nowMs, nowMs])
  expect(crc32c(batch?.bytes.subarray(21) ?? new Uint8Array()) >>> 0).toBe(batch?.crc)
})

test('B25: a batch larger than a segment is error 18', () => {
  const answer = world({ 'segment.bytes': 64 }).produce(batchOf(3))
  expect(answer).toMatchObject({ errorCode: kafkaErrors.RECORD_LIST_TOO_LARGE.code, logStartOffset: -1n })
})

test('B26: an exact duplicate of one of the last five batches is answered like the original, and not appended', () => {
  const sim = world()
  const batches = [0, 1, 2, 3, 4, 5].map((at) => batchOf(2, { producerId: 7n, baseSequence: at * 2 }))
  for (const batch of batches) sim.produce(batch)
  for (const at of [1, 2, 3, 4, 5]) {
    const answer = sim.produce(batches[at] ?? null)
    // The time of the batch as LogAppendTime, on a CreateTime topic: odd, and Kafka's.
    expect(answer).toMatchObject({ errorCode: 0, baseOffset: BigInt(at * 2), logAppendTimeMs: BigInt(wallStartMs) })
  }
  expect(sim.cluster.records('orders', 0)).toHaveLength(12)
  expect(sim.produce(batches[0] ?? null)?.errorCode).toBe(outOfOrder)
})

test('B27: part of a batch is not a duplicate of it', () => {
  expect(sequence([{ at: 0, records: 4 }, { at: 0, records: 3 }, { at: 1, records: 3 }, { at: 4 }])).toEqual([
    [0, 0n],
    [outOfOrder, -1n],
    [outOfOrder, -1n],
    [0, 4n],
  ])
})

test('B28: a lower epoch is error 47, even for a batch that is known', () => {
  expect(
    sequence([
      { epoch: 1, at: 0 },
      { epoch: 2, at: 0 },
      { epoch: 1, at: 0 },
    ]),
  ).toEqual([
    [0, 0n],
    [0, 1n],
    [47, -1n],
  ])
})

test('B28: a new epoch forgets the batches of the old one, so equal sequences are no duplicates', () => {
  const batches = [1, 2].flatMap((epoch) => [0, 1].map((at) => ({ epoch, at })))
  expect(sequence(batches).map(([, baseOffset]) => baseOffset)).toEqual([0n, 1n, 2n, 3n])
})

test('B29, B30: a higher epoch, however high, starts at sequence 0', () => {
  expect(sequence([{ at: 0 }, { epoch: 9, at: 1 }, { epoch: 9, at: 0 }])).toEqual([
    [0, 0n],
    [outOfOrder, -1n],
    [0, 1n],
  ])
})

test('B31: sequences run on over 2^31 - 1 to 0, between batches and inside one', () => {
  const last = 2 ** 31 - 1
  expect(sequence([{ at: last }, { at: 0 }])).toEqual([
    [0, 0n],
    [0, 1n],
  ])
  expect(sequence([{ at: last - 1, records: 4 }, { at: 2 }])).toEqual([
    [0, 0n],
    [0, 4n],
  ])
  expect(
    sequence([
      { at: last - 1, records: 4 },
      { at: last - 1, records: 4 },
    ]),
  ).toEqual([
    [0, 0n],
    [0, 0n],
  ])
})

test('B32: a gap and a rewind are error 45', () => {
  expect(sequence([{ at: 0, records: 3 }, { at: 4 }, { at: 2 }, { at: 3 }])).toEqual([
    [0, 0n],
    [outOfOrder, -1n],
    [outOfOrder, -1n],
    [0, 3n],
  ])
})

test('B33: a producer that is not known may start anywhere', () => {
  expect(sequence([{ at: 100 }, { at: 101 }, { at: 100 }])).toEqual([
    [0, 0n],
    [0, 1n],
    [0, 0n],
  ])
})

test('B33: a producer that has not written for a day is forgotten', () => {
  const sim = world()
  const at = (baseSequence: number, timestamp: number) =>
    sim.produce(batchOf([{ timestamp }], { producerId: 7n, baseSequence }))?.errorCode
  expect(at(0, wallStartMs)).toBe(0)
  expect(at(50, wallStartMs)).toBe(outOfOrder)
  sim.run(86_400_000)
  expect(at(50, wallStartMs + 86_400_000)).toBe(0)
})

test('B34: a batch that failed its checks leaves the sequence as it was', () => {
  const sim = world()
  const batch = (at: number) => batchOf(1, { producerId: 7n, baseSequence: at })
  sim.produce(batch(0))
  const broken = batch(1).slice()
  broken[broken.length - 1]! ^= 1
  expect([sim.produce(broken)?.errorCode, sim.produce(batch(1))?.errorCode]).toEqual([corrupt, 0])
})

test('B36: without idempotence the same bytes are appended twice', () => {
  const sim = world()
  const batch = batchOf(2)
  expect([sim.produce(batch)?.baseOffset, sim.produce(batch)?.baseOffset]).toEqual([0n, 2n])
})

test('B41: base offset, leader epoch and nothing else is overwritten; the request stays as it came', () => {
  const sim = world()
  sim.cluster.moveLeader({ topic: 'orders', partition: 0 })
  const batch = batchOf(3, { codec: lz4 })
  sim.produce(batchOf(5, { codec: snappy }), { broker: 2 })
  expect(sim.produce(batch, { broker: 2 })).toMatchObject({ baseOffset: 5n, logStartOffset: 0n, logAppendTimeMs: -1n })
  const stored = sim.cluster.batches('orders', 0)[1]
  expect(stored).toMatchObject({ baseOffset: 5n, partitionLeaderEpoch: 1, recordCount: 3 })
  expect(stored?.bytes.subarray(16)).toEqual(batch.subarray(16))
  expect(sim.cluster.records('orders', 0).map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n])
  const body = sim.cluster.requests.at(-1)?.body as { topicData: { partitionData: { records: Uint8Array }[] }[] }
  expect(readBatchHeader(body.topicData[0]?.partitionData[0]?.records ?? new Uint8Array()).baseOffset).toBe(0n)
})

test('B41: a wrong largest timestamp in the header is corrected, not refused', () => {
  const sim = world()
  const batch = edited(batchOf([{ timestamp: 5 }, { timestamp: 9 }]), (view) => view.setBigInt64(35, 77n))
  expect(sim.produce(batch)?.errorCode).toBe(0)
  expect(sim.cluster.batches('orders', 0)[0]?.maxTimestamp).toBe(9)
})

test('validation headers: a batch is believed, checksum and records unseen; its header is still checked', () => {
  const batch = batchOf(2)
  const wrongCrc = batch.slice()
  wrongCrc[17]! ^= 1
  const wrongCount = edited(batch, (view) => view.setInt32(57, 3))
  const options = { brokers: 1, topics: { orders: 1 } }
  const full = new Simulation(options)
  expect([wrongCrc, wrongCount].map((bytes) => full.produce(bytes)?.errorCode)).toEqual([corrupt, invalidRecord])
  const headers = new Simulation({ ...options, validation: 'headers' })
  const answers = [wrongCrc, wrongCount, batch].map((bytes) => headers.produce(bytes))
  expect(answers.map((answer) => answer?.errorCode)).toEqual([0, invalidRecord, 0])
  expect(answers.map((answer) => answer?.baseOffset)).toEqual([0n, -1n, 2n])
})
