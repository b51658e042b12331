import { readFile } from 'node:fs/promises'
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import { findScenarios } from './find.ts'
import { parseScenario } from './parse.ts'
import type { ParsedScenario, ScenarioIssue } from './schema.ts'

/** Something wrong with a scenario file, where an editor can jump to. Lines and columns count from 1. */
export interface Diagnostic {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** Thrown for a file that is not a scenario; the message has one `file:line:column: what` per line. */
export class ScenarioFileError extends Error {
  override readonly name = 'ScenarioFileError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(diagnosticLine).join('\n'))
    this.diagnostics = diagnostics
  }
}

export function diagnosticLine({ file, line, column, message }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}`
}

/** Reads a scenario file. Throws ScenarioFileError with everything that is wrong in it. */
export async function loadScenario(file: string): Promise<ParsedScenario> {
  return parseScenarioText(await readFile(file, 'utf8'), file)
}

/** A scenario from YAML 1.2 (`on` and `no` are words there). `file` is only named in messages. */
export function parseScenarioText(text: string, file: string): ParsedScenario {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number, message: string): Diagnostic => {
    const { line, col } = lines.linePos(Math.min(offset, text.length))
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message }
  }
  const syntax = [...document.errors, ...document.warnings].map((error) => at(error.pos[0], firstLine(error.message)))
  if (syntax.length > 0) throw new ScenarioFileError(syntax)
  const parsed = parseScenario(document.toJS({ maxAliasCount: 100 }))
  if ('scenario' in parsed) return parsed.scenario
  const diagnostics = parsed.issues.map((issue) => at(offsetOf(document.contents, issue), issue.message))
  throw new ScenarioFileError(diagnostics.sort((a, b) => a.line - b.line || a.column - b.column))
}

/** Where the issue is in the text: its key or value, or, for something missing, the nearest thing around it that is there. */
function offsetOf(root: Node | null, { path, at }: ScenarioIssue): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
      if (pair === undefined) return offset
      const key = (pair.key as Node).range?.[0] ?? offset
      const value = (pair.value as Node | null)?.range?.[0] ?? key
      const isLast = depth === path.length - 1
      // Something missing inside a map is best shown at the key that the map belongs to, not at its first entry.
      offset = isLast && at === 'value' ? value : key
      node = pair.value
    } else {
      const item = (node as { readonly items?: readonly unknown[] } | null)?.items?.[part as number]
      if (item === undefined) return offset
      node = item
      offset = (item as Node | null)?.range?.[0] ?? offset
    }
  }
  return offset
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message
}

export interface LoadedScenario {
  readonly file: string
  readonly scenario: ParsedScenario
}

/**
 * Everything that the patterns find: the valid scenarios, and what is wrong with the others. Throws NoScenarioError
 * for a pattern that finds nothing.
 */
export async function loadScenarios(
  patterns: readonly string[],
): Promise<{ scenarios: LoadedScenario[]; diagnostics: Diagnostic[] }> {
  const scenarios: LoadedScenario[] = []
  const diagnostics: Diagnostic[] = []
  for (const file of await findScenarios(patterns)) {
    try {
      scenarios.push({ file, scenario: await loadScenario(file) })
    } catch (error) {
      if (!(error instanceof ScenarioFileError)) throw error
      diagnostics.push(...error.diagnostics)
    }
  }
  return { scenarios, diagnostics }
}
