import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'
import { root } from './plant.ts'

export interface TestRun {
  readonly failed: boolean
  /** The first test that failed. */
  readonly first: string
  readonly tookMs: number
}

/** Runs the tests that are to catch a broker mutant, with the bug planted as vitest loads the file. */
export async function runTestsWith(mutant: Mutant): Promise<TestRun> {
  const startMs = performance.now()
  const config = join(import.meta.dirname, 'broker.vitest.config.ts')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--root', root, '--config', config, '--reporter', 'json', ...mutant.caughtBy]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HARROW_BROKER_MUTANT: mutant.name, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const tookMs = performance.now() - startMs
  const report = reportIn(out)
  // Not a single test: then it is not the bug that was found.
  if (report === undefined || report.numTotalTests === 0)
    throw new Error(`mutant ${mutant.name}: vitest did not run (${code})\n${err}`)
  const failures = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title),
  )
  return { failed: failures.length > 0, first: failures[0] ?? '', tookMs }
}

interface JsonReport {
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[]
  }[]
}

function reportIn(out: string): JsonReport | undefined {
  const start = out.indexOf('{')
  return start < 0 ? undefined : (JSON.parse(out.slice(start)) as JsonReport)
}
