import type { ScenarioResult } from '../scenario/run.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'

/** For machines: one JSON document, written at the end. 64-bit numbers are decimal strings. */
export function jsonReporter(output: ReporterOutput): Reporter {
  return {
    starting() {},
    result() {},
    finished(results, tookMs) {
      const count = (outcome: ScenarioResult['outcome']): number =>
        results.filter((one) => one.outcome === outcome).length
      const document = {
        format: 1,
        tookMs: Math.round(tookMs),
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        results: results.map(resultDocument),
      }
      const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
      output.out(`${JSON.stringify(document, plain, 2)}\n`)
    },
  }
}

function resultDocument(result: ScenarioResult): object {
  const { verdicts, ...rest } = result
  return {
    ...rest,
    laws: verdicts.map(({ law, producers, held, unbound, violations }) => ({
      law,
      outcome: unbound !== undefined ? 'unbound' : held ? 'held' : 'broken',
      ...(producers === undefined ? {} : { producers }),
      ...(unbound === undefined ? {} : { why: unbound }),
      ...(violations.length === 0 ? {} : { violations }),
    })),
  }
}
