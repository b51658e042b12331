/**
 * Chance, as a core sees it. Counter-based: every draw is `hash(seed, path of labels, index)`, there is no shared
 * stream. So a new draw in one component, or a fault taken out while shrinking, moves no other decision.
 */
export interface Random {
  /** A whole number in [0, limit). `limit` is a whole number in [1, 2^32]. Advances this generator's own counter. */
  below(limit: number): number
  /** A number in [0, 1). Advances this generator's own counter. */
  unit(): number
  /** The draw with number `index` of this generator, in [0, limit). Advances nothing: same index, same answer. */
  belowAt(index: number, limit: number): number
  /** Another generator, independent of this one. The same label gives the same generator again, from its start. */
  fork(label: string): Random
}

/** A generator from a seed: any safe integer. Same seed, same draws, on every platform. */
export function seededRandom(seed: number): Random {
  return new CounterRandom(mix(mix(seed | 0, Math.floor(seed / 2 ** 32) | 0), 0x68617272))
}

/** Two-word state would be stronger; one word passes what tests and jitter need, and is the cheapest to replay. */
class CounterRandom implements Random {
  private next = 0
  private readonly key: number

  constructor(key: number) {
    this.key = key
  }

  below(limit: number): number {
    return this.belowAt(this.next++, limit)
  }

  unit(): number {
    const index = this.next++
    // 53 bits from two draws, so that nothing in [0, 1) is out of reach.
    const high = mix(this.key, index) >>> 5
    const low = mix(this.key ^ 0x5bd1e995, index) >>> 6
    return (high * 2 ** 26 + low) / 2 ** 53
  }

  belowAt(index: number, limit: number): number {
    if (!(limit >= 1 && limit <= 2 ** 32 && Number.isInteger(limit))) {
      throw new RangeError(`Random.below(${limit}): the limit is a whole number from 1 to 2^32`)
    }
    // Multiply-shift instead of modulo: no bias towards small numbers. The product stays below 2^64, and what double
    // precision rounds away is far below one part in 2^20 of the limit.
    return Math.floor(((mix(this.key, index) >>> 0) * limit) / 2 ** 32)
  }

  fork(label: string): Random {
    let key = this.key
    for (let i = 0; i < label.length; i++) key = mix(key, label.charCodeAt(i))
    return new CounterRandom(mix(key, label.length))
  }
}

/** Three rounds of a 32-bit finaliser over both inputs; every input bit reaches every output bit. */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b)
  h ^= h >>> 15
  h = Math.imul(h + b, 0xc2b2ae35)
  h ^= h >>> 13
  h = Math.imul(h ^ (b >>> 16), 0x27d4eb2f)
  h ^= h >>> 16
  return h
}
