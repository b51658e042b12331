import type { FaultStatus } from './chain.ts'

/** Rules that did not do what they were there for: a test that passes without its fault proves nothing. */
export class UnconsumedFaultsError extends Error {
  override readonly name = 'UnconsumedFaultsError'
  readonly faults: readonly FaultStatus[]

  constructor(faults: readonly FaultStatus[]) {
    super(`faults that never came to act as often as they should:\n${table(faults)}`)
    this.faults = faults
  }
}

/** @throws UnconsumedFaultsError unless every rule with `times: n` hit n times, and every other at least once */
export function assertConsumed(statuses: readonly FaultStatus[]): void {
  const unconsumed = statuses.filter((status) => !status.isConsumed)
  if (unconsumed.length > 0) throw new UnconsumedFaultsError(unconsumed)
}

function table(faults: readonly FaultStatus[]): string {
  const rows = faults.map(({ name, hits, rule, closest }) => {
    const wanted = rule.times === 'always' || rule.probability !== undefined ? '1+' : `${rule.times ?? 1}`
    return [name, `${hits} of ${wanted}`, closest ?? '']
  })
  const all = [['fault', 'hits', 'closest'], ...rows]
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n')
}
