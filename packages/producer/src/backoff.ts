import type { Random } from '@harrow/runtime'

export interface BackoffRange {
  readonly baseMs: number
  readonly maxMs: number
}

const jitter = 0.2

/**
 * Java's ExponentialBackoff: the delay before retry number `retry`, counted from 0. Doubles each time, with 20 % jitter
 * both ways; the cap comes after the jitter, so at the plateau it only shortens. With `maxMs <= baseMs` it is constant.
 *
 * Differs from Java: callers draw once per attempt and keep the deadline. Java draws again on each look, which favours
 * short delays and lets `ready` and `drain` of one pass disagree.
 */
export function exponentialBackoffMs(random: Random, { baseMs, maxMs }: BackoffRange, retry: number): number {
  const base = Math.min(baseMs, maxMs)
  if (maxMs <= base) return base
  const exponentMax = Math.log2(maxMs / Math.max(base, 1))
  const term = base * 2 ** Math.min(retry, exponentMax)
  const factor = 1 - jitter + random.unit() * 2 * jitter
  return Math.min(Math.floor(factor * term), maxMs)
}
