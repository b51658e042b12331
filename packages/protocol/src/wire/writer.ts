import { invariant } from '../invariant.ts'
import { type FieldPath, formatFieldPath } from './field-path.ts'
import { parseUuid } from './uuid.ts'

/** A message cannot be written as asked: a value out of range, or one that this version cannot carry. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
  /** Dotted path of the field that could not be written, such as `topics[3].partitions[0].errorCode`. */
  readonly field: string

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`)
    this.field = field
  }
}

const stringBytesMax = 0x7fff
const utf8 = new TextEncoder()

/**
 * Appends primitives to a byte array that grows. It refuses what the wire cannot hold, instead of wrapping it: a
 * DataView would store 70,000 in an int16 as 4,464.
 */
export class Writer {
  /** Kept by whoever drives the writer, so that an error can say where it happened. */
  readonly path: FieldPath = []
  private bytes: Uint8Array
  private view: DataView
  /** The end of what is in `bytes`. */
  private end = 0
  private readonly sharedBytesMin: number
  /** What stays where it is, and the places in `bytes` where it belongs. */
  private readonly shared: Uint8Array[] = []
  private readonly sharedAt: number[] = []
  private sharedBytes = 0

  /** Byte fields of `sharedBytesMin` bytes and more are not copied, so they must stay as they are: see `finishParts`. */
  constructor(capacityBytes = 256, sharedBytesMin = Number.POSITIVE_INFINITY) {
    this.bytes = roomOf(capacityBytes)
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
    this.sharedBytesMin = sharedBytesMin
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.end + this.sharedBytes
  }

  /** What was written: a view, not a copy. The writer is done with it. Only for one that shares nothing. */
  finish(): Uint8Array {
    invariant(this.shared.length === 0, 'shared bytes are not in one piece with the others')
    giveBackRest(this.bytes, this.end)
    this.bytes = this.bytes.subarray(0, this.end)
    return this.bytes
  }

  /** What was written, in order: views into the writer's own bytes, and the very arrays that it shares. */
  finishParts(): Uint8Array[] {
    const parts: Uint8Array[] = []
    let from = 0
    for (let i = 0; i < this.shared.length; i++) {
      const at = this.sharedAt[i]!
      if (at > from) parts.push(this.bytes.subarray(from, at))
      parts.push(this.shared[i]!)
      from = at
    }
    if (this.end > from) parts.push(this.bytes.subarray(from, this.end))
    return parts
  }

  int8(value: number): void {
    this.checkInteger(value, -0x80, 0x7f)
    const at = this.grow(1)
    this.view.setInt8(at, value)
  }

  int16(value: number): void {
    this.checkInteger(value, -0x8000, 0x7fff)
    const at = this.grow(2)
    this.view.setInt16(at, value)
  }

  int32(value: number): void {
    this.checkInteger(value, -0x80000000, 0x7fffffff)
    const at = this.grow(4)
    this.view.setInt32(at, value)
  }

  int64(value: bigint): void {
    if (typeof value !== 'bigint') this.fail(`expected a bigint, got ${describe(value)}`)
    if (BigInt.asIntN(64, value) !== value) this.fail(`${value} is out of the range of an int64`)
    const at = this.grow(8)
    this.view.setBigInt64(at, value)
  }

  float64(value: number): void {
    if (typeof value !== 'number') this.fail(`expected a number, got ${describe(value)}`)
    const at = this.grow(8)
    this.view.setFloat64(at, value)
  }

  boolean(value: boolean): void {
    if (typeof value !== 'boolean') this.fail(`expected a boolean, got ${describe(value)}`)
    const at = this.grow(1)
    this.view.setInt8(at, value ? 1 : 0)
  }

  uuid(value: string): void {
    const bytes = typeof value === 'string' ? parseUuid(value) : undefined
    if (bytes === undefined) this.fail(`expected a UUID of 22 base64url characters, got ${describe(value)}`)
    this.raw(bytes)
  }

  /** A number from 0 to 2^32 - 1 in base 128, least significant group first. */
  unsignedVarint(value: number): void {
    let rest = value
    while (rest > 0x7f) {
      const at = this.grow(1)
      this.view.setUint8(at, (rest & 0x7f) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    const at = this.grow(1)
    this.view.setUint8(at, rest)
  }

  /** Length (-1 for null) and text, as classic versions have them. */
  string(value: string | null): void {
    if (isShortAscii(value)) {
      this.int16(value.length)
      this.ascii(value)
      return
    }
    const text = value === null ? null : this.encodeText(value)
    this.int16(text === null ? -1 : text.length)
    if (text !== null) this.raw(text)
  }

  /** Length plus one (0 for null) and text, as flexible versions have them. */
  compactString(value: string | null): void {
    if (isShortAscii(value)) {
      this.unsignedVarint(value.length + 1)
      this.ascii(value)
      return
    }
    const text = value === null ? null : this.encodeText(value)
    this.unsignedVarint(text === null ? 0 : text.length + 1)
    if (text !== null) this.raw(text)
  }

  /** Length (-1 for null) and bytes, as classic versions have them. */
  lengthAndBytes(value: Uint8Array | null): void {
    if (value !== null) this.checkBytes(value)
    this.int32(value === null ? -1 : value.length)
    if (value !== null) this.raw(value)
  }

  /** Length plus one (0 for null) and bytes, as flexible versions have them. */
  compactBytes(value: Uint8Array | null): void {
    if (value !== null) this.checkBytes(value)
    this.unsignedVarint(value === null ? 0 : value.length + 1)
    if (value !== null) this.raw(value)
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): void {
    if (value.length >= this.sharedBytesMin) {
      this.shared.push(value)
      this.sharedAt.push(this.end)
      this.sharedBytes += value.length
      return
    }
    const start = this.grow(value.length)
    this.bytes.set(value, start)
  }

  /** Overwrites an int32 that was written before: the length prefix of a frame. */
  patchInt32(at: number, value: number): void {
    this.view.setInt32(at, value)
  }

  fail(problem: string): never {
    throw new EncodeError(formatFieldPath(this.path), problem)
  }

  private ascii(value: string): void {
    const start = this.grow(value.length)
    for (let i = 0; i < value.length; i++) this.bytes[start + i] = value.charCodeAt(i)
  }

  private encodeText(value: string): Uint8Array {
    if (typeof value !== 'string') this.fail(`expected a string, got ${describe(value)}`)
    const text = utf8.encode(value)
    if (text.length > stringBytesMax) this.fail(`a string of ${text.length} bytes; limit ${stringBytesMax}`)
    return text
  }

  private checkBytes(value: Uint8Array): void {
    if (!(value instanceof Uint8Array)) this.fail(`expected a Uint8Array, got ${describe(value)}`)
  }

  private checkInteger(value: number, min: number, max: number): void {
    if (!Number.isInteger(value)) this.fail(`expected a whole number, got ${describe(value)}`)
    if (value < min || value > max) this.fail(`${value} is out of range; allowed ${min} to ${max}`)
  }

  /** Makes room and says where it starts. Ask before you look at `view`: growing replaces it. */
  private grow(length: number): number {
    const start = this.end
    this.end = start + length
    if (this.end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.end, this.bytes.length * 2))
      larger.set(this.bytes.subarray(0, start))
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    }
    return start
  }
}

const slabBytes = 32 * 1024
let slab = new Uint8Array(0)
let slabUsed = 0

/**
 * HOT: once per message. An array of its own outside the heap costs as much as writing a small message; so several share
 * one, each a part that nobody else ever has, as with `Buffer.allocUnsafe`.
 */
function roomOf(bytes: number): Uint8Array {
  if (bytes > slabBytes / 16) return new Uint8Array(bytes)
  if (slabUsed + bytes > slab.length) {
    slab = new Uint8Array(slabBytes)
    slabUsed = 0
  }
  slabUsed += bytes
  return slab.subarray(slabUsed - bytes, slabUsed)
}

/** HOT: once per message. What a message did not need is for the next one, if no other was begun meanwhile. */
function giveBackRest(room: Uint8Array, used: number): void {
  const { byteOffset } = room
  if (room.buffer === slab.buffer && byteOffset + room.length === slabUsed) slabUsed = byteOffset + ((used + 7) & ~7)
}

/** Names of topics, hosts and clients: an encoder that is called for each of them costs more than the whole message. */
function isShortAscii(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 64) return false
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0x7f) return false
  return true
}

/** A value for an error message: what it is, and what it holds where that is short. */
function describe(value: unknown): string {
  if (typeof value === 'string') return `the string ${JSON.stringify(value.slice(0, 40))}`
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return typeof value === 'bigint' ? `the bigint ${value}n` : String(value)
}
