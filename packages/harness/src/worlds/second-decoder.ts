import { type CompressionCodecs, crc32c } from '@harrow/protocol'
import type { LoggedRecord } from '../history.ts'

const utf8 = new TextDecoder()

/** What `decodeBatch` could not read. */
export class SecondDecoderError extends Error {
  override readonly name = 'SecondDecoderError'
}

/**
 * A second reading of stored record batches, written from Kafka's description of the format and sharing no code with
 * the first (but for decompression and the checksum, which have oracles of their own). Producer and broker use one
 * codec and would agree with its mistakes; the log that laws judge is read by this one, so that they cannot.
 */
export function decodeBatch(
  bytes: Uint8Array,
  at: { readonly topic: string; readonly partition: number },
  codecs: CompressionCodecs,
): LoggedRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 61) throw new SecondDecoderError(`${bytes.length} bytes are no batch`)
  if (view.getInt32(8) !== bytes.length - 12)
    throw new SecondDecoderError(`batchLength is ${view.getInt32(8)}, not ${bytes.length - 12}`)
  if (view.getInt8(16) !== 2) throw new SecondDecoderError(`magic is ${view.getInt8(16)}, not 2`)
  const crc = view.getUint32(17)
  if (crc !== crc32c(bytes.subarray(21)) >>> 0) throw new SecondDecoderError('crc does not fit the bytes')
  const attributes = view.getInt16(21)
  const isLogAppendTime = (attributes & 0x08) !== 0
  const baseOffset = view.getBigInt64(0)
  const baseTimestamp = Number(view.getBigInt64(27))
  const maxTimestamp = Number(view.getBigInt64(35))
  const producerId = view.getBigInt64(43)
  const producerEpoch = view.getInt16(51)
  const baseSequence = view.getInt32(53)
  const count = view.getInt32(57)
  const body = new VarintReader(decompressed(bytes.subarray(61), attributes & 0x07, codecs))
  const { topic, partition } = at
  const records: LoggedRecord[] = []
  for (let i = 0; i < count; i++) {
    const length = body.varint()
    const end = body.at + length
    body.byte() // The attributes of a record: unused.
    const timestampDelta = body.varint()
    const offsetDelta = body.varint()
    if (offsetDelta !== i) throw new SecondDecoderError(`offsetDelta of record ${i} is ${offsetDelta}`)
    const key = body.bytes()
    const value = body.bytes()
    const headers: [string, string][] = []
    for (let left = body.varint(); left > 0; left--) {
      const name = body.bytes()
      if (name === null) throw new SecondDecoderError('a header has no key')
      headers.push([utf8.decode(name), utf8.decode(body.bytes() ?? new Uint8Array(0))])
    }
    if (body.at !== end) throw new SecondDecoderError(`record ${i} ends at ${body.at}, its length says ${end}`)
    records.push({
      topic,
      partition,
      offset: baseOffset + BigInt(offsetDelta),
      timestamp: isLogAppendTime ? maxTimestamp : baseTimestamp + timestampDelta,
      batchTimestampMax: maxTimestamp,
      key,
      value,
      headers,
      producerId,
      producerEpoch,
      sequence: baseSequence < 0 ? -1 : (baseSequence + offsetDelta) % 2 ** 31,
    })
  }
  if (!body.isAtEnd) throw new SecondDecoderError(`bytes are left behind ${count} records`)
  if (view.getInt32(23) !== count - 1)
    throw new SecondDecoderError(`lastOffsetDelta is ${view.getInt32(23)} with ${count} records`)
  return records
}

function decompressed(bytes: Uint8Array, id: number, codecs: CompressionCodecs): Uint8Array {
  if (id === 0) return bytes
  const codec = Object.values(codecs).find((one) => one.id === id)
  if (codec === undefined) throw new SecondDecoderError(`compression ${id} is not at hand`)
  return codec.decompress(bytes, 1 << 28)
}

class VarintReader {
  at = 0
  private readonly source: Uint8Array

  constructor(source: Uint8Array) {
    this.source = source
  }

  get isAtEnd(): boolean {
    return this.at === this.source.length
  }

  byte(): number {
    const byte = this.source[this.at++]
    if (byte === undefined) throw new SecondDecoderError('the batch ends inside a record')
    return byte
  }

  /** Zigzag, in groups of seven bits from the low end. Arithmetic, not shifts: timestamps have more than 32 bits. */
  varint(): number {
    let raw = 0
    for (let weight = 1; ; weight *= 128) {
      const byte = this.byte()
      raw += (byte % 128) * weight
      if (byte < 128) break
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
  }

  bytes(): Uint8Array | null {
    const length = this.varint()
    if (length < 0) return null
    const bytes = this.source.subarray(this.at, this.at + length)
    if (bytes.length < length) throw new SecondDecoderError('the batch ends inside a record')
    this.at += length
    return bytes
  }
}
