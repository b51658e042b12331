import { DecodeError } from '../wire/reader.ts'

// Variable-length integers as the record format uses them: seven bits a byte, lowest first, the top bit says "more".
// Signed ones are zig-zag encoded (0, -1, 1, -2 ... become 0, 1, 2, 3 ...), so small negative deltas stay short.
// Sizes are arithmetic, not trial encodings: a writer must know a record's length before its first byte.

/** HOT. Bytes that `value`, a whole number taken modulo 2^32, needs as an unsigned varint: 1 to 5. */
export function unsignedVarintSize(value: number): number {
  // Nearly every length and delta of a record is below 2^14; the comparisons beat the count of leading zeros there.
  if (value >>> 7 === 0) return 1
  if (value >>> 14 === 0) return 2
  return ((38 - Math.clz32(value)) / 7) | 0
}

/** HOT. Bytes that the int32 `value` needs as a zig-zag varint: 1 to 5. */
export function varintSize(value: number): number {
  return unsignedVarintSize((value << 1) ^ (value >> 31))
}

/** HOT. Bytes that the safe integer `value` needs as a zig-zag varlong: 1 to 8 (a whole int64 may take 10). */
export function varlongSize(value: number): number {
  if (value === value << 0) return varintSize(value)
  // The magnitude as zig-zag sees it, before doubling; it has at most 53 bits, so what follows is exact.
  const magnitude = value < 0 ? -value - 1 : value
  const high = Math.floor(magnitude / 2 ** 27)
  return 4 + unsignedVarintSize(high)
}

/** HOT. Writes `value` modulo 2^32 as an unsigned varint; returns the position behind it. Needs up to 5 bytes of room. */
export function writeUnsignedVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value >>> 0
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}

/** HOT. Writes the int32 `value` as a zig-zag varint; returns the position behind it. Needs up to 5 bytes of room. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  return writeUnsignedVarint(bytes, at, (value << 1) ^ (value >> 31))
}

/**
 * HOT. Writes the safe integer `value` as a zig-zag varlong; returns the position behind it. No BigInt: a timestamp
 * delta nearly always fits 32 bits, and the rest is two halves. Needs up to 8 bytes of room.
 */
export function writeVarlong(bytes: Uint8Array, at: number, value: number): number {
  if (value === value << 0) return writeVarint(bytes, at, value)
  const magnitude = value < 0 ? -value - 1 : value
  const high = Math.floor(magnitude / 2 ** 27)
  // The lowest 28 bits of the zig-zag form are 27 bits of magnitude and the sign; they always fill four bytes here.
  const low = ((magnitude - high * 2 ** 27) << 1) | (value < 0 ? 1 : 0)
  bytes[at++] = (low & 0x7f) | 0x80
  bytes[at++] = ((low >>> 7) & 0x7f) | 0x80
  bytes[at++] = ((low >>> 14) & 0x7f) | 0x80
  bytes[at++] = (low >>> 21) | 0x80
  return writeUnsignedVarint(bytes, at, high)
}

/**
 * Reads varints one after another from `bytes`, never beyond `end`. Every read names its field, so that the
 * `DecodeError` of a short or over-long one says what it was looking for.
 */
export class VarintReader {
  readonly bytes: Uint8Array
  /** The next byte to read. The owner moves it over what is not a varint. */
  at: number
  /** Exclusive. The owner narrows it to one record and widens it again. */
  end: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  /** An unsigned 32-bit number, 0 to 2^32 - 1. */
  unsignedVarint(field: string): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte(field)
      // In the fifth byte only four bits are left; like Java, what is above them is dropped.
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    return this.fail(field, 'varint longer than 5 bytes')
  }

  /** A zig-zag int32. */
  varint(field: string): number {
    const value = this.unsignedVarint(field)
    return (value >>> 1) ^ -(value & 1)
  }

  /** A zig-zag int64 as a number: exact for safe integers, the nearest double beyond them. */
  varlong(field: string): number {
    let low = 0
    let middle = 0
    let high = 0
    let byte = 0x80
    let length = 0
    while (byte >= 0x80) {
      if (length === 10) this.fail(field, 'varlong longer than 10 bytes')
      byte = this.byte(field)
      const bits = byte & 0x7f
      if (length < 4) low |= bits << (7 * length)
      else if (length < 8) middle |= bits << (7 * (length - 4))
      else high |= bits << (7 * (length - 8))
      length++
    }
    // 28 + 28 + 8 bits; the lowest is the sign.
    const magnitude = (low >>> 1) + middle * 2 ** 27 + (high & 0xff) * 2 ** 55
    return (low & 1) === 0 ? magnitude : -magnitude - 1
  }

  /** The next `length` bytes (not negative), as a view. */
  take(field: string, length: number): Uint8Array {
    if (length > this.end - this.at) this.fail(field, `needs ${length} bytes, ${this.end - this.at} are left`)
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** Steps over `length` bytes; over nothing for a negative one, which stands for null. */
  skip(field: string, length: number): void {
    if (length > this.end - this.at) this.fail(field, `needs ${length} bytes, ${this.end - this.at} are left`)
    if (length > 0) this.at += length
  }

  /** Steps over a byte that means nothing to us. */
  skipByte(field: string): void {
    this.byte(field)
  }

  fail(field: string, problem: string): never {
    throw new DecodeError(field, problem)
  }

  private byte(field: string): number {
    if (this.at >= this.end) this.fail(field, `needs another byte at ${this.at}, where the bytes end`)
    return this.bytes[this.at++]!
  }
}
