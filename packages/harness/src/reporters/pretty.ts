import { violationsShownMax } from '../checks/law.ts'
import type { ScenarioResult } from '../scenario/run.ts'
import { eventLine } from './event-line.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'

/** For people: one line per scenario and world; under a failure what broke, the evidence, the events around it, and how to replay it. */
export function prettyReporter(output: ReporterOutput): Reporter {
  const paint = (code: number) => (text: string) => (output.colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  const paints: Paints = { red: paint(31), green: paint(32), yellow: paint(33), dim: paint(2), bold: paint(1) }
  return {
    starting(name, index, total) {
      // Only where it can be wiped away again: a log needs no progress.
      if (output.colour) output.err(`\r\x1b[K${paints.dim(`${index + 1}/${total} ${name}`)}`)
    },
    result(result) {
      if (output.colour) output.err('\r\x1b[K')
      output.out(`${headline(result, paints)}\n`)
      if (result.outcome === 'failed') for (const line of failure(result, paints)) output.out(`${line}\n`)
    },
    finished(results, tookMs) {
      const count = (outcome: ScenarioResult['outcome']): number =>
        results.filter((one) => one.outcome === outcome).length
      const parts = [
        paints.green(`${count('passed')} passed`),
        ...(count('failed') > 0 ? [paints.red(`${count('failed')} failed`)] : []),
        ...(count('skipped') > 0 ? [paints.yellow(`${count('skipped')} skipped`)] : []),
      ]
      output.out(`\n${parts.join(', ')} in ${roundMs(tookMs)}\n`)
    },
  }
}

type Paints = Readonly<Record<'red' | 'green' | 'yellow' | 'dim' | 'bold', (text: string) => string>>

function headline(result: ScenarioResult, { red, green, yellow, dim, bold }: Paints): string {
  const word = { passed: green('passed '), failed: red('failed '), skipped: yellow('skipped') }[result.outcome]
  const what = `${word} ${result.world.padEnd(9)} ${bold(result.name)}`
  if (result.outcome === 'skipped') return `${what} ${dim(`(${result.reason ?? 'no reason given'})`)}`
  const { records, requests } = result.counts
  const time =
    result.world === 'simulated'
      ? `${roundMs(result.scenarioMs)} virtual, ${roundMs(result.realMs)} real`
      : `${roundMs(result.realMs)} real`
  return `${what} ${dim(`(${records} records, ${requests} requests; ${time})`)}`
}

function failure(result: ScenarioResult, { red, yellow, dim }: Paints): string[] {
  const lines: string[] = []
  for (const verdict of result.verdicts) {
    if (verdict.violations.length === 0) continue
    for (const violation of verdict.violations.slice(0, violationsShownMax)) {
      lines.push(`  ${red(violation.law)} ${violation.message}`, ...violation.evidence.map((line) => `    ${line}`))
    }
    const more = verdict.violations.length - violationsShownMax
    if (more > 0) lines.push(`    ${dim(`and ${more} more of ${verdict.law}`)}`)
    if (verdict.statement !== undefined) lines.push(`    ${dim(`(${verdict.law}: ${verdict.statement})`)}`)
  }
  if (result.timeline.length > 0) {
    lines.push('  timeline', ...result.timeline.map((event) => `    ${eventLine(event)}`))
  }
  lines.push(`  ${yellow('replay')} ${result.replay}`)
  return lines
}

function roundMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}
