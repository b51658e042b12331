// What the block compressors of lz4 and snappy share: both look for four equal bytes by a hash table of places.

/** 16 KiB of places as 16 bits each: small enough to stay in the processor's first cache next to what it is filled from. */
export const hashBits: u32 = 13
export const hashTableBytes: i32 = 2 << hashBits

/** Where the place of `word` stands. */
// @ts-ignore: decorator
@inline
export function slotOf(table: usize, word: u32): usize {
  return table + ((<usize>((word * 0x9e3779b1) >>> (32 - hashBits))) << 1)
}

/** The first place from `at` on, not behind `end`, whose byte is not that of `match`, which is as far before it as it was. */
// @ts-ignore: decorator
@inline
export function endOfMatch(at: usize, match: usize, end: usize): usize {
  while (at + 8 <= end) {
    const difference = load<u64>(at) ^ load<u64>(match)
    if (difference != 0) return at + (<usize>ctz(difference) >> 3)
    at += 8
    match += 8
  }
  while (at < end && load<u8>(at) == load<u8>(match)) {
    at++
    match++
  }
  return at
}

/** Copies `bytes` in strides of 16: up to 15 more are read and written. Returns where the copy ends. */
// @ts-ignore: decorator
@inline
export function copyInStrides(to: usize, from: usize, bytes: u32): usize {
  const end = to + <usize>bytes
  while (to < end) {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  }
  return end
}
