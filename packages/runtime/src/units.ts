/** Milliseconds, or a number with a unit: `150ms`, `2s`, `1.5m`, `1h`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`

/** Bytes, or a number with a unit: `100B`, `16KiB`, `1MiB`, `1GiB`. Units are powers of 1024, never of 1000. */
export type Size = number | `${number}${'B' | 'KiB' | 'MiB' | 'GiB'}`

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const sizeUnits: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** A duration in milliseconds; undefined if `input` is not one. Negative ones are not. */
export function parseDurationMs(input: unknown): number | undefined {
  return parse(input, durationUnits)
}

/** A size in whole bytes; undefined if `input` is not one. */
export function parseSizeBytes(input: unknown): number | undefined {
  const bytes = parse(input, sizeUnits)
  return bytes === undefined || !Number.isInteger(bytes) ? undefined : bytes
}

function parse(input: unknown, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof input === 'number') return Number.isFinite(input) && input >= 0 ? input : undefined
  if (typeof input !== 'string') return undefined
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(input.trim())
  const unit = units[match?.[2] ?? '']
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit
}
