import fc from 'fast-check'
import { judge, type Verdict } from '../checks/index.ts'
import { runPlan } from '../explore/run-seed.ts'
import { toYaml } from '../explore/to-yaml.ts'
import type { History, Violation } from '../history.ts'
import { parseScenario } from '../scenario/parse.ts'
import { type Scenario, ScenarioError } from '../scenario/schema.ts'

/** What became of a scenario, in virtual time. */
export interface ScenarioPlayed {
  readonly scenario: Scenario
  readonly history: History
  /** Of every law. */
  readonly verdicts: readonly Verdict[]
  /** Broken laws. Empty: all hold. */
  readonly violations: readonly Violation[]
}

/** Plays a scenario in plain numbers in virtual time and puts every law to it. Throws ScenarioError if it is none. */
export function playScenario(scenario: Scenario): ScenarioPlayed {
  const parsed = parseScenario(scenario)
  if (!('scenario' in parsed)) throw new ScenarioError(parsed.issues)
  const { history, violations } = runPlan(scenario)
  return { scenario, history, violations, verdicts: judge(history) }
}

/**
 * fast-check's `assert` for scenarios: each is played, every law must hold, and then `holds`, which throws or returns false
 * to say that it does not. A failure is shrunk and thrown as an Error with the scenario as YAML, ready for a file of its
 * own, and with the parameters that find it again.
 */
export function assertScenarios(
  arbitrary: fc.Arbitrary<Scenario>,
  holds: (played: ScenarioPlayed) => boolean | undefined = () => true,
  parameters: fc.Parameters<[Scenario]> = {},
): void {
  const details = fc.check(
    fc.property(arbitrary, (scenario) => {
      const reason = reasonOf(scenario, holds)
      if (reason !== undefined) throw new Error(reason)
    }),
    parameters,
  )
  if (!details.failed) return
  const [scenario] = details.counterexample ?? []
  if (scenario === undefined) throw new Error(fc.defaultReportMessage(details))
  const again = `{ seed: ${details.seed}, path: ${JSON.stringify(details.counterexamplePath)} }`
  throw new Error(
    [
      reasonOf(scenario, holds) ?? 'the property holds when it is tried again',
      `after ${details.numRuns} scenarios and ${details.numShrinks} steps of shrinking; again with ${again}`,
      'the smallest scenario that does it:',
      '',
      toYaml(scenario),
    ].join('\n'),
  )
}

function reasonOf(scenario: Scenario, holds: (played: ScenarioPlayed) => boolean | undefined): string | undefined {
  try {
    const played = playScenario(scenario)
    const [first] = played.violations
    if (first !== undefined) return [`${first.law}: ${first.message}`, ...first.evidence].join('\n  ')
    return holds(played) === false ? 'the property does not hold' : undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
