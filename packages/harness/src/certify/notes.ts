import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { parseYaml } from '../scenario/yaml-text.ts'
import type { Card } from './card.ts'

/** What is known about the results of one client. */
export interface Notes {
  readonly about: string | undefined
  /** By the end of the scenario's path: `idempotence/lost-ack.yaml`. */
  readonly scenarios: Readonly<Record<string, string>>
}

const schema = z.record(
  z.string(),
  z.strictObject({ about: z.string().optional(), scenarios: z.record(z.string(), z.string()).optional() }),
)

/** The notes for a subject in a YAML file: subject -> { about, scenarios: { path: note } }. Throws Error for another shape. */
export function readNotes(file: string, subject: string): Notes {
  const parsed = parseYaml(readFileSync(file, 'utf8'), file, (input) => {
    const result = schema.safeParse(input)
    if (result.success) return { value: result.data }
    return {
      issues: result.error.issues.map(({ path, message }) => ({
        path: path as string[],
        at: 'value' as const,
        message,
      })),
    }
  })
  if ('diagnostics' in parsed)
    throw new Error(parsed.diagnostics.map(({ message, line }) => `${file}:${line}: ${message}`).join('\n'))
  const { about, scenarios = {} } = parsed.value[subject] ?? {}
  return { about, scenarios }
}

/** What is known about the result of a scenario, by the end of its path. */
export function noteFor({ scenarios }: Notes, file: string): string | undefined {
  return Object.entries(scenarios).find(([path]) => file.replaceAll('\\', '/').endsWith(path))?.[1]
}

/** The card with these notes instead of those it had. A row that came out well needs none. */
export function withNotes(card: Card, notes: Notes): Card {
  const rows = card.rows.map((row) => ({
    ...row,
    note: row.outcome === 'lived' ? undefined : noteFor(notes, row.file),
  }))
  return { ...card, note: notes.about, rows }
}
