import { type FieldPath, formatFieldPath } from './field-path.ts'
import { formatUuid } from './uuid.ts'

/** The bytes of a peer do not make a valid message. The peer's mistake, so catch it where the bytes arrived. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** Dotted path of the field that could not be read, such as `topics[3].partitions[0].errorCode`. */
  readonly field: string

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`)
    this.field = field
  }
}

/** Kafka refuses longer strings even where the length prefix could say more (MessageUtil, generated `read` methods). */
const stringBytesMax = 0x7fff

// Fatal: bytes that are not UTF-8 are an error, not a question mark. `ignoreBOM` keeps a leading U+FEFF in the string.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Up to here a loop costs less than the decoder and its view. */
const shortAsciiBytesMax = 24

/**
 * Reads primitives from bytes that are not trusted: every read is bounds-checked, every length is checked against the
 * bytes that remain before anything is allocated. Byte fields are views into the input, not copies.
 */
export class Reader {
  /** Kept by whoever drives the reader, so that an error can say where it happened. */
  readonly path: FieldPath = []
  /** Where the next read starts. */
  offset: number
  private readonly bytes: Uint8Array
  private readonly view: DataView

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.offset = offset
  }

  get remainingBytes(): number {
    return this.bytes.length - this.offset
  }

  int8(): number {
    return this.view.getInt8(this.take(1))
  }

  int16(): number {
    return this.view.getInt16(this.take(2))
  }

  int32(): number {
    return this.view.getInt32(this.take(4))
  }

  int64(): bigint {
    return this.view.getBigInt64(this.take(8))
  }

  float64(): number {
    return this.view.getFloat64(this.take(8))
  }

  /** As Kafka reads it: zero is false and every other byte is true. */
  boolean(): boolean {
    return this.int8() !== 0
  }

  uuid(): string {
    const start = this.take(16)
    return formatUuid(this.bytes.subarray(start, start + 16))
  }

  /** An unsigned 32-bit number in base 128, least significant group first; at most five bytes. */
  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.view.getUint8(this.take(1))
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    const last = this.view.getUint8(this.take(1))
    if (last > 0x0f) this.fail('a varint is longer than 32 bits')
    return (value | (last << 28)) >>> 0
  }

  /** The length before a string or bytes in classic versions. As in Kafka every negative length means null. */
  length16(): number {
    return this.int16()
  }

  /** The length before bytes, or the count before an array, in classic versions. Negative means null. */
  length32(): number {
    return this.int32()
  }

  /** The length or count of flexible versions: one more than it is, so that zero can mean null (here -1). KIP-482. */
  compactLength(): number {
    return this.unsignedVarint() - 1
  }

  string(length: number): string {
    if (length > stringBytesMax) this.fail(`a string of ${length} bytes; limit ${stringBytesMax}`)
    const start = this.take(length)
    const ascii = length <= shortAsciiBytesMax ? readAscii(this.bytes, start, length) : undefined
    if (ascii !== undefined) return ascii
    try {
      return utf8.decode(this.bytes.subarray(start, start + length))
    } catch {
      return this.fail('a string is not valid UTF-8')
    }
  }

  /** A view into the input: valid as long as the input is left alone. */
  byteView(length: number): Uint8Array {
    const start = this.take(length)
    return this.bytes.subarray(start, start + length)
  }

  /** Refuses a count of items that the remaining bytes cannot hold, before anything is allocated for them. */
  checkCount(count: number, itemBytesMin: number): void {
    if (count * itemBytesMin > this.remainingBytes) {
      this.fail(`${count} items of at least ${itemBytesMin} bytes; ${this.remainingBytes} bytes remain`)
    }
  }

  /** Steps over the tagged fields of a header, or of a structure whose tags nobody asks for. */
  skipTaggedFields(): void {
    const count = this.unsignedVarint()
    this.checkCount(count, 2)
    for (let i = 0; i < count; i++) {
      this.unsignedVarint()
      this.take(this.unsignedVarint())
    }
  }

  fail(problem: string): never {
    throw new DecodeError(formatFieldPath(this.path), problem)
  }

  private take(length: number): number {
    const start = this.offset
    if (length > this.bytes.length - start) this.fail(`needs ${length} bytes; ${this.remainingBytes} remain`)
    this.offset = start + length
    return start
  }
}

/** HOT: topic names. Undefined: there is more than ASCII in it. */
function readAscii(bytes: Uint8Array, start: number, length: number): string | undefined {
  let text = ''
  for (let at = start; at < start + length; at++) {
    const byte = bytes[at]!
    if (byte > 0x7f) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}
