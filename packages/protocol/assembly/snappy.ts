import { copyInStrides, endOfMatch, hashTableBytes, slotOf } from './matches'

// The raw block format: the size as a varint, then literals and copies, told apart by two bits of their tag.

// @ts-ignore: decorator
@inline
function writeLiteral(to: usize, from: usize, bytes: u32): usize {
  const size = bytes - 1
  if (size < 60) store<u8>(to++, size << 2)
  else if (size < 256) {
    store<u8>(to, 60 << 2)
    store<u8>(to + 1, size)
    to += 2
  } else {
    store<u8>(to, 61 << 2)
    store<u16>(to + 1, <u16>size)
    to += 3
  }
  return copyInStrides(to, from, bytes)
}

/** Of 1 to 64 bytes, with an offset of 16 bits. */
// @ts-ignore: decorator
@inline
function writeLongCopy(to: usize, offset: u32, bytes: u32): usize {
  store<u8>(to, 2 | ((bytes - 1) << 2))
  store<u16>(to + 1, <u16>offset)
  return to + 3
}

/** Of any number of bytes from 4 on; the last part has four again. */
// @ts-ignore: decorator
@inline
function writeCopy(to: usize, offset: u32, bytes: u32): usize {
  while (bytes >= 68) {
    to = writeLongCopy(to, offset, 64)
    bytes -= 64
  }
  if (bytes > 64) {
    to = writeLongCopy(to, offset, 60)
    bytes -= 60
  }
  if (bytes >= 12 || offset >= 2048) return writeLongCopy(to, offset, bytes)
  store<u8>(to, 1 | ((bytes - 4) << 2) | ((offset >>> 8) << 5))
  store<u8>(to + 1, offset)
  return to + 2
}

/** Compresses `bytes`, at most 64 KiB, to `to`; returns the size: up to a sixth more, and 32. */
export function snappyBlock(from: usize, bytes: i32, to: usize, table: usize): i32 {
  memory.fill(table, 0, hashTableBytes)
  const start = to
  const end = from + <usize>bytes
  // Four bytes from here on are in the block.
  const last = end - 4
  let size = <u32>bytes
  for (; size >= 128; size >>>= 7) store<u8>(to++, size | 128)
  store<u8>(to++, size)
  let literalFrom = from
  // What is not in the table reads as the first place: no harm, it is compared.
  let at = from + 1
  /** Every 64 places without a match, the steps grow: what does not compress is soon passed. */
  let tries: u32 = 64
  while (bytes > 4 && at <= last) {
    const word = load<u32>(at)
    const slot = slotOf(table, word)
    let match = from + <usize>load<u16>(slot)
    store<u16>(slot, <u16>(at - from))
    if (load<u32>(match) != word) {
      at += tries++ >> 6
      continue
    }
    tries = 64
    while (at > literalFrom && match > from && load<u8>(at - 1) == load<u8>(match - 1)) {
      at--
      match--
    }
    if (at > literalFrom) to = writeLiteral(to, literalFrom, <u32>(at - literalFrom))
    const matchEnd = endOfMatch(at + 4, match + 4, end)
    to = writeCopy(to, <u32>(at - match), <u32>(matchEnd - at))
    at = matchEnd
    literalFrom = matchEnd
    if (at <= last) store<u16>(slotOf(table, load<u32>(at - 2)), <u16>(at - 2 - from))
  }
  if (literalFrom < end) to = writeLiteral(to, literalFrom, <u32>(end - literalFrom))
  return <i32>(to - start)
}
