import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runTestsWith } from './broker-tests.ts'
import { HuntingGround, hunt } from './hunt.ts'
import { brokerMutants, type Mutant, mutantNamed, mutants } from './index.ts'
import { root } from './plant.ts'
import { open, openFile, type Recorded, recorded, recordFile } from './recorded.ts'

const seedsDefault = 20_000
/** The bounded form gives a mutant this many times the seeds that it once needed, and some more: generators change. */
const recordedFactor = 4
const recordedExtra = 100

const help = `pnpm mutants [name...] [options]   plants each bug, and sees who catches it

  --seeds <n>      at most so many seeds for a producer mutant. Default ${seedsDefault}
  --for <minutes>  stop after so long: what was not tried is told and is no failure
  --bounded        at most ${recordedFactor} times the seeds on record, and ${recordedExtra} more: what CI does
  --workers <n>    so many mutants at a time. Default 1
  --shard <i/n>    the i-th of every n mutants
  --only <kind>    producer or broker
  --sample <n>     n of them, drawn by the commit that is checked out: another commit tries others
  --record         write down seeds and laws of what was caught
`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      for: { type: 'string' },
      bounded: { type: 'boolean' },
      workers: { type: 'string' },
      shard: { type: 'string' },
      only: { type: 'string' },
      sample: { type: 'string' },
      record: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) {
    console.log(help)
    return 0
  }
  const [index = 1, count = 1] = (values.shard ?? '1/1').split('/').map(Number)
  const all = (positionals.length === 0 ? mutants : positionals.map(named)).filter(
    (one) => values.only === undefined || (values.only === 'broker') === isBroker(one),
  )
  const drawn = values.sample === undefined ? all : sampled(all, Number(values.sample))
  const wanted = drawn.filter((_, i) => i % count === index - 1)
  const untilMs = performance.now() + Number(values.for ?? Number.POSITIVE_INFINITY) * 60_000
  const seeds = Number(values.seeds ?? seedsDefault)
  const record: Record<string, Recorded> = { ...recorded }
  const work: Record<string, number> = { ...open }
  const totals = { caught: 0, equivalent: 0, open: 0, survived: [] as string[], wrong: [] as string[], untried: 0 }
  console.log(row('mutant', 'caught by', 'seeds', 'time'))
  const oneAfterAnother = async (queue: Mutant[]): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) await one(mutant)
  }
  const one = async (mutant: Mutant): Promise<void> => {
    if (performance.now() > untilMs) {
      totals.untried++
      return
    }
    const boundedSeeds = (recorded[mutant.name]?.seeds ?? 0) * recordedFactor + recordedExtra
    const seedsMax = values.bounded === true ? Math.min(seeds, boundedSeeds) : seeds
    const result = await trial(mutant, ground, seedsMax)
    console.log(row(mutant.name, result.by, result.seeds, `${(result.tookMs / 1000).toFixed(1)} s`))
    if (!result.caught) {
      if (mutant.equivalent !== undefined) totals.equivalent++
      else if (mutant.name in open) totals.open++
      else totals.survived.push(mutant.name)
      if (mutant.equivalent === undefined && !isBroker(mutant) && !(mutant.name in record))
        work[mutant.name] = Math.max(work[mutant.name] ?? 0, Number(result.seeds))
    } else {
      totals.caught++
      if (mutant.equivalent !== undefined) totals.wrong.push(mutant.name)
      if (!isBroker(mutant)) record[mutant.name] = { seeds: Number(result.seeds), laws: result.laws }
      delete work[mutant.name]
    }
    if (values.record === true) {
      writeLines(recordFile, record)
      writeLines(openFile, work)
    }
  }
  const queue = [...wanted]
  const ground = await HuntingGround.open()
  try {
    await Promise.all(Array.from({ length: Number(values.workers ?? 1) }, () => oneAfterAnother(queue)))
  } finally {
    ground.close()
  }
  const { caught, equivalent, survived, wrong, untried } = totals
  console.log(
    `\n${caught} caught, ${equivalent} equivalent, ${totals.open} on the list of work, ${survived.length} survived${untried === 0 ? '' : `, ${untried} not tried: out of time`}`,
  )
  if (survived.length > 0) console.log(`survived: ${survived.join(', ')}`)
  if (wrong.length > 0) console.log(`said to be equivalent, and caught: ${wrong.join(', ')}`)
  return survived.length + wrong.length > 0 ? 1 : 0
}

interface Trial {
  readonly caught: boolean
  readonly laws: readonly string[]
  /** For the table. */
  readonly by: string
  readonly seeds: string
  readonly tookMs: number
}

async function trial(mutant: Mutant, ground: HuntingGround, seeds: number): Promise<Trial> {
  const missed = mutant.equivalent === undefined ? 'NOBODY' : 'nobody: equivalent'
  if (isBroker(mutant)) {
    const { failed, first, tookMs } = await runTestsWith(mutant)
    return { caught: failed, laws: [], by: failed ? first : missed, seeds: '', tookMs }
  }
  const { seed, laws, seeds: tried, tookMs } = await hunt(mutant.name, { ground, seeds })
  return {
    caught: seed !== undefined,
    laws,
    by: seed === undefined ? missed : laws.join(', '),
    seeds: String(tried),
    tookMs,
  }
}

function row(mutant: string, by: string, seeds: string, time: string): string {
  return `${mutant.padEnd(44)} ${by.slice(0, 60).padEnd(60)} ${seeds.padStart(7)} ${time.padStart(8)}`
}

function named(name: string): Mutant {
  const found = mutantNamed(name)
  if (found === undefined) throw new Error(`no mutant is called ${name}`)
  return found
}

function isBroker(mutant: Mutant): boolean {
  return brokerMutants.includes(mutant)
}

/** By the commit: whoever reads the log of a run can have the same ones again. */
function sampled(all: readonly Mutant[], count: number): readonly Mutant[] {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  console.log(`${Math.min(count, all.length)} of ${all.length} mutants, drawn by commit ${commit}`)
  const rank = ({ name }: Mutant): string => createHash('sha256').update(`${commit} ${name}`).digest('hex')
  const ranks = new Map(all.map((one) => [one, rank(one)]))
  const chosen = new Set(all.toSorted((a, b) => (ranks.get(a)! < ranks.get(b)! ? -1 : 1)).slice(0, count))
  return all.filter((one) => chosen.has(one))
}

/** In the order of the mutants, one line each; what no longer exists goes. */
function writeLines(file: string, values: Readonly<Record<string, unknown>>): void {
  const lines = mutants
    .filter(({ name, equivalent }) => name in values && equivalent === undefined)
    .map(({ name }) => `  ${JSON.stringify(name)}: ${onOneLine(values[name])}`)
  writeFileSync(file, lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`)
}

/** As the formatter would have it. */
function onOneLine(value: unknown): string {
  const spaced = JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ')
  return spaced.replaceAll('[ ', '[').replaceAll(' ]', ']')
}

void main().then((code) => {
  process.exitCode = code
})
