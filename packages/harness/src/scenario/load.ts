import { readFile } from 'node:fs/promises'
import { findScenarios } from './find.ts'
import { parseScenario, parseScenarios } from './parse.ts'
import type { ParsedScenario } from './schema.ts'
import { type Diagnostic, diagnosticLine, parseYaml } from './yaml-text.ts'

export { type Diagnostic, diagnosticLine }

/** Thrown for a file that is not a scenario; the message has one `file:line:column: what` per line. */
export class ScenarioFileError extends Error {
  override readonly name = 'ScenarioFileError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(diagnosticLine).join('\n'))
    this.diagnostics = diagnostics
  }
}

/** Reads the one scenario of a file. Throws ScenarioFileError with everything that is wrong in it, or if it stands for several. */
export async function loadScenario(file: string): Promise<ParsedScenario> {
  return parseScenarioText(await readFile(file, 'utf8'), file)
}

/** One scenario from YAML. `file` is only named in messages. */
export function parseScenarioText(text: string, file: string): ParsedScenario {
  const parsed = parseYaml(text, file, (input) => {
    const result = parseScenario(input)
    return 'scenario' in result ? { value: result.scenario } : result
  })
  if ('diagnostics' in parsed) throw new ScenarioFileError(parsed.diagnostics)
  return parsed.value
}

/** All scenarios that a YAML text stands for: several with a matrix or a repetition. */
export function parseScenariosText(text: string, file: string): readonly ParsedScenario[] {
  const parsed = parseYaml(text, file, (input) => {
    const result = parseScenarios(input)
    return 'scenarios' in result ? { value: result.scenarios } : result
  })
  if ('diagnostics' in parsed) throw new ScenarioFileError(parsed.diagnostics)
  return parsed.value
}

export interface LoadedScenario {
  readonly file: string
  readonly scenario: ParsedScenario
}

/**
 * Everything that the patterns find: the valid scenarios, one for each run of a matrix, and what is wrong with the others. Throws NoScenarioError
 * for a pattern that finds nothing.
 */
export async function loadScenarios(
  patterns: readonly string[],
): Promise<{ scenarios: LoadedScenario[]; diagnostics: Diagnostic[] }> {
  const scenarios: LoadedScenario[] = []
  const diagnostics: Diagnostic[] = []
  for (const file of await findScenarios(patterns)) {
    try {
      for (const scenario of parseScenariosText(await readFile(file, 'utf8'), file)) scenarios.push({ file, scenario })
    } catch (error) {
      if (!(error instanceof ScenarioFileError)) throw error
      diagnostics.push(...error.diagnostics)
    }
  }
  return { scenarios, diagnostics }
}
