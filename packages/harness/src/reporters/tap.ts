import type { ScenarioResult } from '../scenario/run.ts'
import { failureHeadline, failureText } from './failure-text.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'

/** TAP 14, a line as soon as a result is there; a failure carries a YAML diagnostic block. */
export function tapReporter(output: ReporterOutput): Reporter {
  let number = 0
  return {
    starting(_name, index) {
      if (index === 0) output.out('TAP version 14\n')
    },
    result(result) {
      output.out(`${[testPoint(result, ++number), ...diagnostics(result)].join('\n')}\n`)
    },
    // The plan comes last: with --bail nobody knows before how many there will be.
    finished(results) {
      if (results.length === 0) output.out('TAP version 14\n')
      output.out(`1..${results.length}\n`)
    },
  }
}

function testPoint({ outcome, name, world, reason }: ScenarioResult, number: number): string {
  // `#` would start a directive, and a backslash an escape.
  const description = `${name} (${world})`.replace(/[\\#]/g, (character) => `\\${character}`).replace(/\s+/g, ' ')
  const skip = outcome === 'skipped' ? ` # SKIP ${reason ?? ''}`.trimEnd() : ''
  return `${outcome === 'failed' ? 'not ok' : 'ok'} ${number} - ${description}${skip}`
}

function diagnostics(result: ScenarioResult): string[] {
  if (result.outcome !== 'failed') return []
  return [
    '  ---',
    `  message: ${JSON.stringify(failureHeadline(result))}`,
    `  seed: ${result.seed}`,
    `  replay: ${JSON.stringify(result.replay)}`,
    ...(result.file === undefined ? [] : [`  file: ${JSON.stringify(result.file)}`]),
    '  details: |',
    ...failureText(result)
      .split('\n')
      .map((line) => `    ${line}`),
    '  ...',
  ]
}
