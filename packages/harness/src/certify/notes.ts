import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { parseYaml } from '../scenario/yaml-text.ts'

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
