import { failureText } from '../reporters/failure-text.ts'
import { type LoadedScenario, loadScenarios, ScenarioFileError } from '../scenario/load.ts'
import { runScenario } from '../scenario/run.ts'
import { type WorldName, worldNames } from '../scenario/schema.ts'

/** A scenario in one world, as a test. */
export interface ScenarioTest {
  readonly name: string
  /** Rejects with what broke, the evidence, the timeline and the line that replays it. */
  run(): Promise<void>
}

export interface ScenarioTestOptions {
  /** Default: all of them. */
  readonly worlds?: readonly WorldName[]
  readonly seed?: number
}

/**
 * Files, folders or globs as tests, sorted by file. Rejects with ScenarioFileError if any file is invalid, and with
 * NoScenarioError if a pattern finds nothing: no test may disappear in silence.
 */
export async function scenarioTests(
  patterns: string | readonly string[],
  options: ScenarioTestOptions = {},
): Promise<ScenarioTest[]> {
  const { scenarios, diagnostics } = await loadScenarios(typeof patterns === 'string' ? [patterns] : patterns)
  if (diagnostics.length > 0) throw new ScenarioFileError(diagnostics)
  return scenarios.flatMap((one) => (options.worlds ?? worldNames).map((world) => scenarioTest(one, world, options)))
}

function scenarioTest(
  { file, scenario }: LoadedScenario,
  world: WorldName,
  { seed }: ScenarioTestOptions,
): ScenarioTest {
  return {
    name: `${file} (${world}): ${scenario.name}`,
    async run() {
      const result = await runScenario(scenario, { world, file, ...(seed === undefined ? {} : { seed }) })
      if (result.outcome === 'failed') throw new Error(failureText(result))
    },
  }
}
