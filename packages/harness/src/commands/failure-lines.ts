import { violationsShownMax } from '../checks/law.ts'
import type { Failure } from '../explore/failure.ts'
import { toYaml } from '../explore/to-yaml.ts'
import type { TraceEvent } from '../history.ts'
import { eventLine } from '../reporters/event-line.ts'

const eventsBefore = 20
const eventsAfter = 5

/** A shrunk failure for people: what broke, the scenario that does it, the events around it. */
export function failureLines({ plan, violations, trace, law }: Failure): string[] {
  const shown = violations.slice(0, violationsShownMax)
  const at = violations.find((one) => one.law === law)?.atMs
  return [
    ...shown.flatMap((one) => [
      `  ${one.law} ${one.message}`,
      ...one.evidence.slice(0, 12).map((line) => `    ${line}`),
    ]),
    '  scenario',
    ...toYaml(plan)
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
    '  timeline',
    ...around(trace, at).map((event) => `    ${eventLine(event)}`),
  ]
}

/** The events around a moment; the last ones without it. */
export function around(trace: readonly TraceEvent[], atMs: number | undefined): readonly TraceEvent[] {
  if (atMs === undefined) return trace.slice(-eventsBefore)
  const after = trace.findIndex((event) => event.atMs > atMs)
  const at = after < 0 ? trace.length : after
  return trace.slice(Math.max(0, at - eventsBefore), at + eventsAfter)
}
