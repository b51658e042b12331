import { copyInStrides, endOfMatch, hashTableBytes, slotOf } from './matches'

// The block format: sequences of a token (how many literals, how long a match), literals, and a match's offset in 16 bits.
// A match takes four bytes at least, begins twelve before the end at the latest, and ends five before it.

/** What does not fit the token's four bits. */
// @ts-ignore: decorator
@inline
function writeMore(to: usize, rest: u32): usize {
  while (rest >= 255) {
    store<u8>(to++, 255)
    rest -= 255
  }
  store<u8>(to, rest)
  return to + 1
}

/** Literals with their token, whose low half is `match`. */
// @ts-ignore: decorator
@inline
function writeLiterals(to: usize, from: usize, literals: u32, match: u32): usize {
  if (literals < 15) store<u8>(to++, (literals << 4) | match)
  else {
    store<u8>(to, 0xf0 | match)
    to = writeMore(to + 1, literals - 15)
  }
  return copyInStrides(to, from, literals)
}

/** Compresses `bytes`, at most 64 KiB, to `to`; returns the size: up to a 255th more, and 16. */
export function lz4Block(from: usize, bytes: i32, to: usize, table: usize): i32 {
  memory.fill(table, 0, hashTableBytes)
  const start = to
  const end = from + <usize>bytes
  const last = end - 12
  let literalsFrom = from
  // What is not in the table reads as the first place: no harm, it is compared.
  let at = from + 1
  /** Every 64 places without a match, the steps grow: what does not compress is soon passed. */
  let tries: u32 = 64
  while (bytes > 12 && at <= last) {
    const word = load<u32>(at)
    const slot = slotOf(table, word)
    let match = from + <usize>load<u16>(slot)
    store<u16>(slot, <u16>(at - from))
    if (load<u32>(match) != word) {
      at += tries++ >> 6
      continue
    }
    tries = 64
    while (at > literalsFrom && match > from && load<u8>(at - 1) == load<u8>(match - 1)) {
      at--
      match--
    }
    const matchEnd = endOfMatch(at + 4, match + 4, end - 5)
    const more = <u32>(matchEnd - at) - 4
    to = writeLiterals(to, literalsFrom, <u32>(at - literalsFrom), min<u32>(more, 15))
    store<u16>(to, <u16>(at - match))
    to += 2
    if (more >= 15) to = writeMore(to, more - 15)
    at = matchEnd
    literalsFrom = matchEnd
    if (at <= last) store<u16>(slotOf(table, load<u32>(at - 2)), <u16>(at - 2 - from))
  }
  return <i32>(writeLiterals(to, literalsFrom, <u32>(end - literalsFrom), 0) - start)
}
