import { type Duration, parseDurationMs } from '@harrow/runtime'
import type { CheckResult } from './check.ts'

/** How long a check may take to come true. */
export interface Patience {
  /** Default 1s. 0 looks once. */
  readonly within?: Duration
}

const withinMsDefault = 1_000
const lookEveryMs = 10

/** Looks until the check holds or the time is over; the last answer. Throws RangeError for a duration that is none. */
export async function eventually(
  check: () => CheckResult | Promise<CheckResult>,
  { within = withinMsDefault }: Patience = {},
): Promise<CheckResult> {
  const withinMs = parseDurationMs(within)
  if (withinMs === undefined) throw new RangeError(`within: ${String(within)} is no duration, such as 500 or "2s"`)
  const deadlineMs = performance.now() + withinMs
  for (;;) {
    const result = await check()
    if (result.pass || performance.now() >= deadlineMs) return result
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}
