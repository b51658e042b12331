import { violationsShownMax } from '../checks/law.ts'
import type { ScenarioResult } from '../scenario/run.ts'
import { eventLine } from './event-line.ts'

/** One line: the first thing that broke, for reporters that have room for no more. */
export function failureHeadline(result: ScenarioResult): string {
  const violations = result.verdicts.flatMap((verdict) => verdict.violations)
  const [first] = violations
  if (first === undefined) return 'failed'
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : ''
  return `${first.law}: ${first.message}${more}`
}

/** Without colours: what broke, the evidence, the events around it, and the line that replays it. */
export function failureText(result: ScenarioResult): string {
  const lines: string[] = []
  for (const { violations, law } of result.verdicts) {
    for (const { message, evidence } of violations.slice(0, violationsShownMax)) {
      lines.push(`${law}: ${message}`, ...evidence.map((line) => `  ${line}`))
    }
    if (violations.length > violationsShownMax)
      lines.push(`and ${violations.length - violationsShownMax} more of ${law}`)
  }
  if (result.timeline.length > 0) lines.push('timeline', ...result.timeline.map((event) => `  ${eventLine(event)}`))
  lines.push(`replay: ${result.replay}`)
  return lines.join('\n')
}
