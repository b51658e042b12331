import { readFile } from 'node:fs/promises'
import {
  type ClusterOptions,
  ClusterOptionsError,
  type ParsedFaultRule,
  parseClusterOptions,
  parseFaultRule,
} from '@harrow/mock-broker/core'
import { didYouMean } from '../scenario/nearest.ts'
import { frameSchema } from '../scenario/schema.ts'
import { diagnosticLine, parseYaml, type YamlIssue } from '../scenario/yaml-text.ts'
import { UsageError } from './command.ts'

/** The part of a scenario that a cluster by itself can play. */
export interface ClusterFile {
  readonly options: ClusterOptions
  readonly faults: readonly ParsedFaultRule[]
}

/**
 * `cluster` and `faults` of a YAML file. They are those of a scenario, so a scenario file will do; what else it has is
 * for the harness. Throws UsageError with `file:line:column` of everything that is wrong.
 */
export async function readClusterFile(file: string): Promise<ClusterFile> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`)
  }
  const parsed = parseYaml(text, file, parseClusterFile)
  if ('value' in parsed) return parsed.value
  throw new UsageError(parsed.diagnostics.map(diagnosticLine).join('\n'))
}

function parseClusterFile(input: unknown): { readonly value: ClusterFile } | { readonly issues: readonly YamlIssue[] } {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { issues: [{ path: [], message: 'expected a map with cluster and faults' }] }
  }
  const known = Object.keys(frameSchema.shape)
  const issues: YamlIssue[] = Object.keys(input)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: [key], at: 'key', message: `unknown key "${key}"${didYouMean(key, known)}` }))
  const { cluster, faults } = input as { cluster?: unknown; faults?: unknown }
  const options = (cluster ?? {}) as ClusterOptions
  try {
    parseClusterOptions(options)
  } catch (error) {
    if (!(error instanceof ClusterOptionsError)) throw error
    issues.push(...below(['cluster'], error.issues))
  }
  const rules = parseFaults(faults ?? [], issues)
  return issues.length > 0 ? { issues } : { value: { options, faults: rules } }
}

function parseFaults(written: unknown, issues: YamlIssue[]): ParsedFaultRule[] {
  if (!Array.isArray(written)) {
    issues.push({ path: ['faults'], at: 'value', message: 'expected a list of fault rules' })
    return []
  }
  return written.flatMap((one, index) => {
    const parsed = parseFaultRule(one)
    if ('rule' in parsed) return [parsed.rule]
    issues.push(...below(['faults', index], parsed.issues))
    return []
  })
}

function below(path: YamlIssue['path'], issues: readonly YamlIssue[]): YamlIssue[] {
  return issues.map((issue) => ({
    path: [...path, ...issue.path],
    at: /^unknown\b/i.test(issue.message) ? 'key' : 'value',
    message: issue.message,
  }))
}
