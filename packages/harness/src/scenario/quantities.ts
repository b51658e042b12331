import { type Duration, parseDurationMs, parseSizeBytes, type Size } from '@harrow/runtime'
import { z } from 'zod'

/** `150ms`, `2s`, `1m`, or a number of milliseconds; parsed into milliseconds. */
export const duration = z
  .union([z.number(), z.string()], { error: (issue) => durationError(issue.input) })
  .transform((input, context): number => {
    const ms = parseDurationMs(input)
    if (ms !== undefined) return ms
    context.addIssue({ code: 'custom', message: durationError(input) })
    return z.NEVER
  }) as unknown as z.ZodType<number, Duration>

/** `100B`, `16KiB`, `1MiB`, or a number of bytes; parsed into bytes. */
export const size = z
  .union([z.number(), z.string()], { error: (issue) => sizeError(issue.input) })
  .transform((input, context): number => {
    const bytes = parseSizeBytes(input)
    if (bytes !== undefined) return bytes
    context.addIssue({ code: 'custom', message: sizeError(input) })
    return z.NEVER
  }) as unknown as z.ZodType<number, Size>

export type Rate = number | `${number}/s`

/** `1000/s`, or a number per second; parsed into a number per second. */
export const rate = z
  .union([z.number(), z.string()], { error: (issue) => rateError(issue.input) })
  .transform((input, context): number => {
    const perSecond = typeof input === 'number' ? input : Number(/^(\d+(?:\.\d+)?)\/s$/.exec(input)?.[1] ?? Number.NaN)
    if (perSecond > 0 && Number.isFinite(perSecond)) return perSecond
    context.addIssue({ code: 'custom', message: rateError(input) })
    return z.NEVER
  }) as unknown as z.ZodType<number, Rate>

/** A count: exactly this many, or a range with one or both ends. */
export const count = z
  .union(
    [
      z.int().min(0),
      z.strictObject({
        min: z.int().min(0).optional().describe('At least this many.'),
        max: z.int().min(0).optional().describe('At most this many.'),
      }),
    ],
    { error: 'expected a whole number (exactly that many) or { min, max }' },
  )
  .transform((input): CountRange => (typeof input === 'number' ? { min: input, max: input } : toRange(input)))

export interface CountRange {
  readonly min: number
  readonly max: number
}

export function toRange(ends: { readonly min?: number | undefined; readonly max?: number | undefined }): CountRange {
  return { min: ends.min ?? 0, max: ends.max ?? Number.POSITIVE_INFINITY }
}

/** Undefined when `value` is in the range, else what the range wanted, in words. */
export function outside(value: number, { min, max }: CountRange): string | undefined {
  if (value >= min && value <= max) return undefined
  if (min === max) return `exactly ${min}`
  return value < min ? `at least ${min}` : `at most ${max}`
}

function durationError(input: unknown): string {
  return `${shown(input)} is not a duration: write 150ms, 2s, 1m, or a number of milliseconds`
}

function sizeError(input: unknown): string {
  return `${shown(input)} is not a size: write 100B, 16KiB, 1MiB, or a whole number of bytes`
}

function rateError(input: unknown): string {
  return `${shown(input)} is not a rate: write 1000/s, or a number per second above 0`
}

function shown(input: unknown): string {
  return JSON.stringify(input) ?? 'nothing'
}
