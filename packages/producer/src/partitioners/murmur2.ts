/**
 * HOT: once per keyed record. MurmurHash2 with Kafka's seed, as a signed 32-bit number: the same as Java's
 * `Utils.murmur2`, so that a key lands in the same partition whoever sends it.
 */
export function murmur2(data: Uint8Array): number {
  const length = data.length
  const m = 0x5bd1e995
  let h = 0x9747b28c ^ length
  const aligned = length & ~3
  for (let i = 0; i < aligned; i += 4) {
    let k = data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    k = Math.imul(k, m)
    h = Math.imul(h, m) ^ k
  }
  const tail = length & 3
  if (tail >= 3) h ^= data[aligned + 2]! << 16
  if (tail >= 2) h ^= data[aligned + 1]! << 8
  if (tail >= 1) h = Math.imul(h ^ data[aligned]!, m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  h ^= h >>> 15
  return h
}

/** Java's sign rule: the top bit is masked off, not negated. */
export function toPositive(hash: number): number {
  return hash & 0x7fffffff
}

/** Over all partitions, whether they have a leader or not: a key must not move when a broker is down. */
export function partitionForKey(key: Uint8Array, partitionCount: number): number {
  return toPositive(murmur2(key)) % partitionCount
}
