import { crc32c } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { type TestRecord, testBatch } from '../wire/test-batch.ts'
import type { BatchSpec, HeaderField } from './probe.ts'

/** Where a header field lies in a batch, and how wide it is. */
const headerFields: Readonly<Record<HeaderField, readonly [at: number, bits: 8 | 16 | 32 | 64]>> = {
  baseOffset: [0, 64],
  batchLength: [8, 32],
  leaderEpoch: [12, 32],
  magic: [16, 8],
  crc: [17, 32],
  attributes: [21, 16],
  lastOffsetDelta: [23, 32],
  producerId: [43, 64],
  baseSequence: [53, 32],
  recordCount: [57, 32],
}

/** The bytes of a batch that a probe describes. Its records are a millisecond apart from `timeMs` on. */
export function buildBatch(spec: BatchSpec, timeMs: number): Uint8Array {
  const codec = spec.codec === undefined ? undefined : nodeCodecs[spec.codec]
  if (spec.codec !== undefined && codec === undefined) throw new Error(`no ${spec.codec} on this Node`)
  const state = spec.producer && {
    producerId: BigInt(spec.producer.id),
    producerEpoch: spec.producer.epoch ?? 0,
    baseSequence: spec.producer.sequence,
    isTransactional: spec.isTransactional ?? false,
  }
  const transactionalOnly = { producerId: -1n, producerEpoch: -1, baseSequence: -1, isTransactional: true }
  const bytes = testBatch(recordsOf(spec, timeMs), {
    codec,
    state: state ?? (spec.isTransactional ? transactionalOnly : undefined),
    nowMs: timeMs,
  })
  const edited = cutOrGrown(bytes, spec.cutBytes ?? 0)
  const view = new DataView(edited.buffer)
  for (const [field, value] of Object.entries(spec.header ?? {}) as [HeaderField, number][]) {
    const [at, bits] = headerFields[field]
    if (bits === 8) view.setInt8(at, value)
    else if (bits === 16) view.setInt16(at, value)
    else if (bits === 32) view.setInt32(at, value)
    else view.setBigInt64(at, BigInt(value))
  }
  const isChecksumKept = spec.header?.crc !== undefined || spec.cutBytes !== undefined || edited.length < 61
  if (!isChecksumKept) view.setUint32(17, crc32c(edited.subarray(21)) >>> 0)
  return edited
}

function recordsOf(spec: BatchSpec, timeMs: number): TestRecord[] {
  const records = spec.records ?? 1
  if (typeof records === 'number') {
    return Array.from({ length: records }, (_, i) => ({ key: `k${i}`, value: `v${i}`, timestampMs: timeMs + i }))
  }
  return records.map(({ key = 'k', value = 'v', atMs = 0 }) => ({
    key,
    value,
    timestampMs: atMs === 'none' ? -1 : timeMs + atMs,
  }))
}

function cutOrGrown(bytes: Uint8Array, cutBytes: number): Uint8Array {
  const result = new Uint8Array(bytes.length - cutBytes)
  result.set(bytes.subarray(0, result.length))
  return result
}
