import type { HotFunction } from './hot-functions.ts'

const referenceBytes = new Uint8Array(4_096).map((_, i) => i * 31)

/** The reference: one load, one xor and one multiplication per round, each waiting for the one before. */
function reference(rounds: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < rounds; i++) hash = Math.imul(hash ^ referenceBytes[i & 4_095]!, 0x01000193)
  return hash
}

const referenceRounds = 100_000
const sliceMs = 2
const slices = 12

/** Kept, so that nothing that is measured can be left out. */
export let unused = 0

/**
 * What one of a function costs in rounds of the reference loop. Both are timed in turn, in slices of two milliseconds, and
 * the quickest slice of each counts: what disturbs a slice only makes it slower.
 */
export function ratioOf(hot: HotFunction): number {
  const warmUntilMs = performance.now() + 20
  while (performance.now() < warmUntilMs) unused ^= hot.run() ^ reference(1_000)
  let hotMs = Number.POSITIVE_INFINITY
  let referenceMs = Number.POSITIVE_INFINITY
  for (let slice = 0; slice < slices; slice++) {
    const startMs = performance.now()
    let done = 0
    let endMs = startMs
    while (endMs - startMs < sliceMs) {
      done += hot.run()
      endMs = performance.now()
    }
    hotMs = Math.min(hotMs, (endMs - startMs) / done)
    unused ^= reference(referenceRounds)
    referenceMs = Math.min(referenceMs, (performance.now() - endMs) / referenceRounds)
  }
  return hotMs / referenceMs
}
