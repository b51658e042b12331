// CRC-32C, sixteen columns at a time. See src/records/crc32c-fold-tables.ts for what the tables at address 0 say.

/** What four bytes of each column become, in the byte of them that `table` is for; with `fresh`, the bytes that are there. */
// @ts-ignore: decorator
@inline
function folded(
  table: usize,
  low0: v128,
  high0: v128,
  low1: v128,
  high1: v128,
  low2: v128,
  high2: v128,
  low3: v128,
  high3: v128,
  fresh: v128,
): v128 {
  const of0 = v128.xor(i8x16.swizzle(v128.load(table), low0), i8x16.swizzle(v128.load(table + 16), high0))
  const of1 = v128.xor(i8x16.swizzle(v128.load(table + 32), low1), i8x16.swizzle(v128.load(table + 48), high1))
  const of2 = v128.xor(i8x16.swizzle(v128.load(table + 64), low2), i8x16.swizzle(v128.load(table + 80), high2))
  const of3 = v128.xor(i8x16.swizzle(v128.load(table + 96), low3), i8x16.swizzle(v128.load(table + 112), high3))
  return v128.xor(v128.xor(v128.xor(of0, of1), v128.xor(of2, of3)), fresh)
}

/**
 * Folds `bytes`, a multiple of 128 and not 0, into their last 128, which get the same checksum register as all of them. Two
 * interleaved halves, a and b, of every 128 bytes: four vectors next to each other would not do, see the tables.
 */
export function fold(at: usize, bytes: usize): void {
  const fifteen = i8x16.splat(15)
  let a0 = v128.load(at)
  let b0 = v128.load(at, 16)
  let a1 = v128.load(at, 32)
  let b1 = v128.load(at, 48)
  let a2 = v128.load(at, 64)
  let b2 = v128.load(at, 80)
  let a3 = v128.load(at, 96)
  let b3 = v128.load(at, 112)
  for (const last = at + bytes - 128; at < last; ) {
    at += 128
    let low0 = v128.and(a0, fifteen)
    let high0 = i8x16.shr_u(a0, 4)
    let low1 = v128.and(a1, fifteen)
    let high1 = i8x16.shr_u(a1, 4)
    let low2 = v128.and(a2, fifteen)
    let high2 = i8x16.shr_u(a2, 4)
    let low3 = v128.and(a3, fifteen)
    let high3 = i8x16.shr_u(a3, 4)
    a0 = folded(0, low0, high0, low1, high1, low2, high2, low3, high3, v128.load(at))
    a1 = folded(128, low0, high0, low1, high1, low2, high2, low3, high3, v128.load(at, 32))
    a2 = folded(256, low0, high0, low1, high1, low2, high2, low3, high3, v128.load(at, 64))
    a3 = folded(384, low0, high0, low1, high1, low2, high2, low3, high3, v128.load(at, 96))
    low0 = v128.and(b0, fifteen)
    high0 = i8x16.shr_u(b0, 4)
    low1 = v128.and(b1, fifteen)
    high1 = i8x16.shr_u(b1, 4)
    low2 = v128.and(b2, fifteen)
    high2 = i8x16.shr_u(b2, 4)
    low3 = v128.and(b3, fifteen)
    high3 = i8x16.shr_u(b3, 4)
    b0 = folded(0, low0, high0, low1, high1, low2, high2, low3, high3, v128.load(at, 16))
    b1 = folded(128, low0, high0, low1, high1, low2, high2, low3, high3, v128.load(at, 48))
    b2 = folded(256, low0, high0, low1, high1, low2, high2, low3, high3, v128.load(at, 80))
    b3 = folded(384, low0, high0, low1, high1, low2, high2, low3, high3, v128.load(at, 112))
  }
  v128.store(at, a0)
  v128.store(at, b0, 16)
  v128.store(at, a1, 32)
  v128.store(at, b1, 48)
  v128.store(at, a2, 64)
  v128.store(at, b2, 80)
  v128.store(at, a3, 96)
  v128.store(at, b3, 112)
}
