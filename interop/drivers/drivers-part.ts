import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PythonClient } from '../clients/python-client.ts'
import { runCommand } from '../command.ts'
import { kafkaClasspath } from '../kafka/classpath.ts'
import { referenceKafka } from '../kafka/versions.ts'
import type { Part } from '../part.ts'
import { writeResults } from '../results/results.ts'
import { lastLine } from '../step.ts'
import type { DriverResult } from './drivers-section.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const confluent = { requirement: 'confluent-kafka==2.11.1', driver: 'confluent_driver.py', codecs: [] } as const

interface Driver {
  readonly file: string
  /** The command behind `exec:`, from the root of the repository. Throws Skip where the language is missing. */
  command(): Promise<string>
  readonly environment?: () => Promise<Readonly<Record<string, string>>>
}

const drivers: readonly Driver[] = [
  {
    file: 'examples/drivers/node/driver.mjs',
    // kafkajs is there, as a dependency of the harness's tests.
    command: async () => `cd packages/harness && ${process.execPath} ../../examples/drivers/node/driver.mjs`,
  },
  {
    file: 'examples/drivers/python/driver.py',
    async command() {
      const client = new PythonClient(confluent)
      await client.prepare()
      return `${client.interpreter} examples/drivers/python/driver.py`
    },
  },
  {
    file: 'examples/drivers/java/Driver.java',
    async command() {
      await kafkaClasspath(referenceKafka)
      return 'java -Xshare:auto -XX:TieredStopAtLevel=1 -Xmx256m -cp "$KAFKA_CLASSPATH" examples/drivers/java/Driver.java'
    },
    environment: async () => ({ KAFKA_CLASSPATH: (await kafkaClasspath(referenceKafka)).join(delimiter) }),
  },
]

/** One of the happy path, and two in which something is lost on the way. */
const scenarios = [
  'scenarios/closing/flush-does-not-wait-for-linger.yaml',
  'scenarios/idempotence/the-same-ack-lost-twice.yaml',
  'scenarios/network/connection-reset-after-append.yaml',
]

/** What `harrow run --reporter json` prints. */
interface Document {
  readonly results: readonly Told[]
}

interface Told {
  readonly name: string
  readonly subject?: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly reason?: string
  readonly laws: readonly { readonly violations?: readonly { readonly law: string; readonly message: string }[] }[]
}

/** The drivers that others are to copy, each with the client that it is written for. */
export const driversPart: Part = {
  name: 'drivers',
  about: 'the example drivers of the exec protocol run scenarios: Node, Python, Java',
  async run(run) {
    const rows: DriverResult[] = []
    for (const driver of drivers) {
      const command = await run.step(`${driver.file} can be started`, () => driver.command())
      if (command === undefined) continue
      const environment = (await driver.environment?.()) ?? {}
      for (const scenario of scenarios) {
        const told = await run.step(`${driver.file}: ${scenario}`, () => harrowRun(scenario, command, environment))
        if (told === undefined) continue
        const outcome = told.outcome === 'skipped' ? `not applicable: ${told.reason}` : 'held'
        rows.push({ driver: driver.file, subject: told.subject ?? '', scenario: told.name, outcome })
      }
    }
    if (run.refresh) writeResults('drivers', { rows })
  },
}

/** As a user would. Throws when the scenario is broken, or the driver. */
async function harrowRun(
  scenario: string,
  command: string,
  environment: Readonly<Record<string, string>>,
): Promise<Told> {
  const cli = ['--import', 'tsx', '--conditions=@harrow/source', join('packages', 'harness', 'src', 'cli.ts')]
  const args = [...cli, 'run', scenario, '--subject', `exec: ${command}`, '--reporter', 'json']
  const result = await runCommand(process.execPath, args, { folder: root, environment, timeoutMs: 180_000 })
  const told =
    result === undefined || result.stdout === '' ? undefined : (JSON.parse(result.stdout) as Document).results[0]
  if (told === undefined) throw new Error(`harrow said nothing: ${lastLine(result?.stderr ?? '')}`)
  if (told.outcome !== 'failed') return told
  const violations = told.laws.flatMap((each) => each.violations ?? [])
  throw new Error(violations.map(({ law, message }) => `${law}: ${message}`).join('\n'))
}
