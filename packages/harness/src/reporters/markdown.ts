import type { ScenarioResult } from '../scenario/run.ts'
import { failureHeadline, failureText } from './failure-text.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'

// GitHub refuses a step summary above 1 MiB as a whole.
const failuresShownMax = 20
const failureCharsMax = 16_000
const rowsMax = 1_500
const nameCharsMax = 160

/** For step summaries and merge requests: the sum, every failure with its timeline, and a table of all runs to unfold. */
export function markdownReporter(output: ReporterOutput): Reporter {
  return {
    starting() {},
    result() {},
    finished(results, tookMs) {
      const failed = results.filter(({ outcome }) => outcome === 'failed')
      const count = (outcome: ScenarioResult['outcome']): number =>
        results.filter((one) => one.outcome === outcome).length
      const sum = (['passed', 'failed', 'skipped'] as const)
        .filter((outcome) => outcome === 'passed' || count(outcome) > 0)
        .map((outcome) => `${count(outcome)} ${outcome}`)
      output.out(`### Scenarios: ${sum.join(', ')} in ${(tookMs / 1000).toFixed(1)} s\n\n`)
      for (const result of failed.slice(0, failuresShownMax)) output.out(failure(result))
      const hidden = failed.length - failuresShownMax
      if (hidden > 0) output.out(`and ${hidden} more failures, in the table\n\n`)
      output.out(table(results))
    },
  }
}

function failure(result: ScenarioResult): string {
  const text = failureText(result)
  const shown = text.length > failureCharsMax ? `${text.slice(0, failureCharsMax)}\n...` : text
  // A fence inside the text must not end this one: a record value may hold anything.
  const fence = '`'.repeat(Math.max(3, 1 + Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))))
  return [
    `<details open><summary>failed: ${inline(result.name)} (${result.world})</summary>`,
    '',
    `${fence}text`,
    shown,
    fence,
    '',
    '</details>',
    '',
    '',
  ].join('\n')
}

function table(results: readonly ScenarioResult[]): string {
  const more = results.length - rowsMax
  return [
    '<details><summary>All runs</summary>',
    '',
    '| | world | scenario | |',
    '|---|---|---|---|',
    ...results.slice(0, rowsMax).map((result) => {
      const remark = { passed: '', failed: failureHeadline(result), skipped: result.reason ?? '' }[result.outcome]
      return `| ${result.outcome} | ${result.world} | ${inline(result.name)} | ${inline(remark)} |`
    }),
    ...(more > 0 ? ['', `and ${more} more`] : []),
    '',
    '</details>',
    '',
  ].join('\n')
}

/** One line of text that stays text in Markdown, in HTML and in a table. */
function inline(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  const shown = line.length > nameCharsMax ? `${line.slice(0, nameCharsMax)}...` : line
  return shown
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_|[\]~#]/g, '\\$&')
}
