import type { ScenarioResult } from '../scenario/run.ts'
import { failureHeadline, failureText } from './failure-text.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'

/** GitHub shows about ten annotations of a kind per step and drops the others in silence. */
const annotationsMax = 10

/** Workflow commands of GitHub Actions: an annotation at the scenario's file for each failure, details in the log. */
export function githubReporter(output: ReporterOutput): Reporter {
  let annotations = 0
  return {
    starting() {},
    result(result) {
      if (result.outcome !== 'failed') return
      if (++annotations <= annotationsMax) output.out(`${annotation(result)}\n`)
      output.out(`::group::${commandText(`${result.name} (${result.world})`)}\n${logText(result)}\n::endgroup::\n`)
    },
    finished(results) {
      const failed = results.filter(({ outcome }) => outcome === 'failed').length
      const hidden = Math.max(0, failed - annotationsMax)
      const more = hidden === 0 ? '' : `; ${hidden} of them only in the log`
      output.out(`${results.length} scenario runs, ${failed} failed${more}\n`)
    },
  }
}

function annotation(result: ScenarioResult): string {
  const { file, name, world } = result
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`, 'line=1']),
    `title=${property(`${name} (${world})`)}`,
  ]
  return `::error ${properties.join(',')}::${commandText(`${failureHeadline(result)}\n${result.replay}`)}`
}

/** A line that looks like a workflow command would be one, and a record value may hold anything. */
function logText(result: ScenarioResult): string {
  return failureText(result).replace(/^(\s*)::/gm, '$1\u200b::')
}

function commandText(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function property(text: string): string {
  return commandText(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
