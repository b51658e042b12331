import type { Probe } from './probe.ts'

export function versionsOf({ versions: { min, max } }: Probe): number[] {
  return Array.from({ length: max - min + 1 }, (_, index) => min + index)
}

/** `3-7, 9` for [3, 4, 5, 6, 7, 9]. */
export function rangesText(versions: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const version of versions) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === version - 1) last[1] = version
    else ranges.push([version, version])
  }
  return ranges.map(([min, max]) => (min === max ? `${min}` : `${min}-${max}`)).join(', ')
}
