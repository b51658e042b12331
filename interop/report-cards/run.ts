import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Card } from '../../packages/harness/src/certify/card.ts'
import { htmlCard } from '../../packages/harness/src/certify/html.ts'
import { markdownCard } from '../../packages/harness/src/certify/markdown.ts'
import { readNotes, withNotes } from '../../packages/harness/src/certify/notes.ts'
import { cacheFolder } from '../cache-folder.ts'
import { runCommand } from '../command.ts'
import { kafkaClasspath } from '../kafka/classpath.ts'
import { Skip } from '../step.ts'
import { type CardSummary, reportCardsTable } from './table.ts'

/** One published card: how its client is made available, and how it is asked for. */
interface Published {
  /** File name in `docs/report-cards/`. */
  readonly name: string
  readonly subject: string
  /** Throws Skip where the client cannot be had. Returns the options and the environment of the run. */
  prepare(): Promise<{ readonly args?: readonly string[]; readonly environment?: Readonly<Record<string, string>> }>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(root, 'docs/report-cards')
const rdkafkaVersion = '3.6.1'

const published: readonly Published[] = [
  { name: 'harrow', subject: 'harrow', prepare: async () => ({}) },
  {
    name: 'kafka-clients',
    subject: 'exec: java -cp "$KAFKA_CLASSPATH" examples/drivers/java/Driver.java',
    prepare: java,
  },
  { name: 'node-rdkafka', subject: 'node-rdkafka', prepare: rdkafka },
  { name: 'kafkajs', subject: 'kafkajs', prepare: async () => ({ args: ['--from', 'packages/harness'] }) },
  { name: 'platformatic', subject: 'platformatic', prepare: async () => ({ args: ['--from', 'packages/harness'] }) },
]

async function java() {
  return { environment: { KAFKA_CLASSPATH: (await kafkaClasspath('4.3.1')).join(delimiter) } }
}

/** librdkafka is compiled on the spot, which takes minutes and a C++ compiler; later runs find it in the cache. */
async function rdkafka() {
  const from = cacheFolder('node-rdkafka', rdkafkaVersion)
  const built = join(from, 'node_modules/node-rdkafka/build/Release/node-librdkafka.node')
  if (!existsSync(built)) {
    const headers = join(process.execPath, '..', '..')
    const options = {
      folder: from,
      timeoutMs: 900_000,
      // Headers of this very Node, if it came with them: nothing to download then.
      environment: existsSync(join(headers, 'include/node/node.h')) ? { npm_config_nodedir: headers } : {},
    }
    writeFileSync(join(from, 'package.json'), '{ "private": true }\n')
    const result = await runCommand(
      'npm',
      ['install', '--foreground-scripts', `node-rdkafka@${rdkafkaVersion}`],
      options,
    )
    if (result === undefined) throw new Skip('no npm on this machine')
    // Newer versions of npm do not run install scripts unasked.
    if (result.exitCode === 0 && !existsSync(built))
      await runCommand('npm', ['rebuild', '--ignore-scripts=false'], options)
    if (!existsSync(built)) throw new Skip(`node-rdkafka could not be built: see npm install in ${from}`)
  }
  return { args: ['--from', from] }
}

/**
 * Regenerates `docs/report-cards/`: all cards, or those named. With files or folders of scenarios only their rows are
 * done again, in a card that is there. `--runs` and `--jobs` are those of `harrow certify`. `--render` runs nothing, and writes
 * the pages anew: the notes have changed.
 */
async function main(args: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const names = published.map(({ name }) => name)
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      render: { type: 'boolean', default: false },
      runs: { type: 'string', default: '2' },
      jobs: { type: 'string', default: '2' },
    },
  })
  const chosen = positionals.filter((one) => names.includes(one))
  const paths = positionals.filter((one) => !names.includes(one))
  const unknown = paths.find((one) => !existsSync(join(root, one)))
  if (unknown !== undefined) throw new Error(`${unknown}: no such client, file or folder; clients: ${names.join(', ')}`)
  const how = ['--runs', values.runs, '--jobs', values.jobs]
  for (const { name, subject, prepare } of published) {
    const file = join(folder, `${name}.json`)
    if (!values.render && (chosen.length === 0 || chosen.includes(name))) {
      try {
        const { args = [], environment = {} } = await prepare()
        const what = paths.length === 0 ? ['scenarios'] : [...paths, '--update']
        await certify([...what, '--subject', subject, ...how, '--json', file, ...args], environment)
      } catch (error) {
        if (!(error instanceof Skip)) throw error
        process.stdout.write(`skipped: ${name}: ${error.message}\n`)
      }
    }
    if (existsSync(file)) render(file, `pnpm report-cards ${name}`)
  }
  const cards = published.flatMap(({ name }): CardSummary[] => {
    const file = join(folder, `${name}.json`)
    return existsSync(file) ? [{ name, card: readCard(file) }] : []
  })
  writeFileSync(join(folder, 'README.md'), reportCardsTable(cards))
}

function readCard(file: string): Card {
  return JSON.parse(readFileSync(file, 'utf8')) as Card
}

/** The card with what is known by now, in all three forms. */
function render(file: string, command: string): void {
  const before = readCard(file)
  const card = { ...withNotes(before, readNotes(join(folder, 'notes.yaml'), before.asked)), command }
  writeFileSync(file, `${JSON.stringify(card, null, 2)}\n`)
  writeFileSync(file.replace(/json$/, 'md'), markdownCard(card))
  writeFileSync(file.replace(/json$/, 'html'), htmlCard(card))
}

function certify(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cli = ['--import', 'tsx', '--conditions=@harrow/source', 'packages/harness/src/cli.ts', 'certify']
    const child = spawn(process.execPath, [...cli, ...args], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: 'inherit',
    })
    child.on('error', reject)
    // 1: something broke, which is what a card is for.
    child.on('close', (code) =>
      code === 0 || code === 1 ? resolve() : reject(new Error(`certify ended with ${code}`)),
    )
  })
}

await main(process.argv.slice(2))
