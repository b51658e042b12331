import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDurationMs } from '@harrow/runtime'
import { type CampaignOptions, runCampaign } from '../explore/campaign.ts'
import { added, emptyTally, type Find, type Tally, tracesHash } from '../explore/explorer.ts'
import { failureOf } from '../explore/failure.ts'
import { missingMarks, requiredMarks, seedsForMarks } from '../explore/marks.ts'
import { coresWith } from '../explore/planted-bug.ts'
import { type FaultClass, faultClasses } from '../explore/swarm.ts'
import { toYaml } from '../explore/to-yaml.ts'
import {
  type Command,
  type CommandContext,
  exitCodes,
  type ParsedArguments,
  UsageError,
  wholeNumber,
} from './command.ts'
import { mutantOf, swarmOf } from './explore-options.ts'
import { failureLines } from './failure-lines.ts'

const seedsDefault = 1_000
const seedMax = Number.MAX_SAFE_INTEGER / 2
/** One failure of each law is shrunk and shown; the others are listed. */
const seedsListedMax = 8

/** `harrow explore`: seeds in, broken laws out, shrunk to scenarios. */
export const explore: Command = {
  operands: '[merge <reports...>]',
  summary: 'Search for seeds that break a law, in virtual time',
  options: {
    seeds: {
      type: 'string',
      value: '<count>',
      doc: `How many seeds. Default ${seedsDefault}, or no limit with --for.`,
    },
    for: { type: 'string', value: '<duration>', doc: 'How long: 60s, 10m. Default no limit.' },
    from: { type: 'string', value: '<seed>', doc: 'The first seed. Default 1.' },
    swarm: {
      type: 'string',
      value: '<classes>',
      doc: `Only faults of these classes: ${Object.keys(faultClasses).join(',')}.`,
    },
    mutant: {
      type: 'string',
      value: '<name>',
      doc: 'Plant a bug in the producer first, to see who finds it. Only in a checkout of the sources: see mutants/.',
    },
    workers: { type: 'string', value: '<count>', doc: 'Threads. The result does not depend on how many. Default 1.' },
    shard: { type: 'string', value: '<i/n>', doc: 'Only the i-th of every n seeds: one machine of n.' },
    save: { type: 'string', value: '<folder>', doc: 'Write shrunk failures there as scenarios: scenarios/found.' },
    report: { type: 'string', value: '<file>', doc: 'Write what it came to as JSON, for harrow explore merge.' },
    'trace-hash': {
      type: 'boolean',
      doc: 'Print one hash of all that happened: equal in any order, on any number of workers, on every machine.',
    },
    'demand-marks': {
      type: 'boolean',
      doc: `Fail if a place that must be reached was not, as ${seedsForMarks} seeds of all classes always do.`,
    },
    marks: { type: 'boolean', doc: 'Print how often each place was reached.' },
  },
  examples: [
    'harrow explore --seeds 10000 --workers 2',
    'harrow explore --for 60s --swarm lost-answer,leader-moves --save scenarios/found',
    'harrow explore --seeds 1000000 --shard 3/8 --report shard-3.json',
    'harrow explore merge shard-*.json',
  ],
  async run({ operands, values }, context) {
    if (operands[0] === 'merge') return merge(operands.slice(1), values, context)
    if (operands.length > 0)
      throw new UsageError(`harrow explore takes no ${operands[0]}; did you mean harrow replay ${operands[0]}?`)
    const swarm = swarmOf(values)
    const mutant = mutantOf(values)
    const forMs = durationOf(values)
    const wantedSeeds = wholeNumber(values, 'seeds', { min: 1, max: seedMax })
    const progress = new Progress(context, { seeds: wantedSeeds, forMs })
    const options: CampaignOptions = {
      from: wholeNumber(values, 'from', { min: 0, max: seedMax }) ?? 1,
      seeds: wantedSeeds ?? (forMs === undefined ? seedsDefault : Number.POSITIVE_INFINITY),
      forMs: forMs ?? Number.POSITIVE_INFINITY,
      workers: wholeNumber(values, 'workers', { min: 1, max: 256 }) ?? 1,
      shard: shardOf(values),
      swarm,
      mutant,
      hashesTraces: values['trace-hash'] === true,
      interrupted: context.interrupted,
      onProgress: (tally) => progress.show(tally),
    }
    const startedMs = performance.now()
    const tally = await runCampaign(options)
    progress.end()
    context.out(`${summary(tally, performance.now() - startedMs)}\n`)
    if (values['trace-hash'] === true) context.out(`traces ${tracesHash(tally)}\n`)
    if (typeof values['report'] === 'string')
      await writeFile(values['report'], `${JSON.stringify({ format: 1, tally }, null, 2)}\n`)
    await showFinds(tally, { swarm, mutant, saveTo: values['save'], context })
    // Fewer seeds, fewer faults or a planted bug may miss a place.
    return outcomeOf(tally, { ...values, 'demand-marks': demandsMarks(tally, values) }, context)
  },
}

async function merge(
  files: readonly string[],
  values: ParsedArguments['values'],
  context: CommandContext,
): Promise<number> {
  if (files.length === 0) throw new UsageError('harrow explore merge needs the reports of the shards')
  let tally = emptyTally()
  for (const file of files) {
    const report = JSON.parse(await readFile(file, 'utf8')) as { readonly format?: number; readonly tally?: Tally }
    if (report.format !== 1 || report.tally === undefined)
      throw new UsageError(`${file}: not a report of harrow explore`)
    tally = added(tally, report.tally)
  }
  context.out(`${summary(tally, undefined)}\n`)
  if (tally.traces.some((lane) => lane !== 0)) context.out(`traces ${tracesHash(tally)}\n`)
  for (const [law, finds] of byLaw(tally.finds)) context.out(`${law}: ${listed(finds)}\n`)
  return outcomeOf(tally, values, context)
}

function outcomeOf(tally: Tally, values: ParsedArguments['values'], context: CommandContext): number {
  if (values['marks'] === true) {
    const rows = Object.entries(tally.marks).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    for (const [name, count] of rows)
      context.out(`${((100 * count) / tally.seeds).toFixed(2).padStart(7)} %  ${name}\n`)
  }
  if (tally.finds.length > 0) return exitCodes.failed
  const missing = missingMarks(tally.marks)
  const reached = requiredMarks.length - missing.length
  context.out(`${reached} of ${requiredMarks.length} places that must be reached were; --marks prints how often each\n`)
  if (values['demand-marks'] === true && missing.length > 0) {
    context.out(`never reached: ${missing.join(', ')}\n`)
    return exitCodes.failed
  }
  return context.interrupted.aborted ? exitCodes.interrupted : exitCodes.ok
}

function demandsMarks({ seeds }: Tally, values: ParsedArguments['values']): boolean {
  const isWhole = values['swarm'] === undefined && values['mutant'] === undefined
  return values['demand-marks'] === true || (isWhole && seeds >= seedsForMarks)
}

async function showFinds(
  tally: Tally,
  options: {
    readonly swarm: readonly FaultClass[] | undefined
    readonly mutant: string | undefined
    readonly saveTo: unknown
    readonly context: CommandContext
  },
): Promise<void> {
  const { swarm, mutant, saveTo, context } = options
  const planOptions = {
    ...(swarm === undefined ? {} : { swarm }),
    ...(mutant === undefined ? {} : { cores: await coresWith(mutant) }),
  }
  for (const [law, finds] of byLaw(tally.finds)) {
    const first = finds[0]!
    context.out(`\n${law} broken by ${finds.length} of ${tally.seeds} seeds: ${listed(finds)}\n`)
    const again = `${swarm === undefined ? '' : ` --swarm ${swarm.join(',')}`}${mutant === undefined ? '' : ` --mutant ${mutant}`}`
    const startedMs = performance.now()
    const failure = failureOf(first, planOptions)
    if (failure === undefined) {
      context.out(`  ${first.message}\n  replay harrow replay ${first.seed}${again}\n`)
      continue
    }
    for (const line of failureLines(failure)) context.out(`${line}\n`)
    context.out(`  shrunk in ${failure.shrinkRuns} runs, ${Math.round(performance.now() - startedMs)} ms\n`)
    context.out(`  replay harrow replay ${first.seed}${again}\n`)
    if (typeof saveTo !== 'string') continue
    await mkdir(saveTo, { recursive: true })
    const file = join(saveTo, `${law.toLowerCase()}-seed-${first.seed}.yaml`)
    await writeFile(
      file,
      toYaml({ ...failure.plan, worlds: ['simulated'] }, `${law}: ${failure.violations[0]?.message}`),
    )
    context.out(`  saved ${file}\n`)
  }
}

function byLaw(finds: readonly Find[]): Map<string, Find[]> {
  const laws = new Map<string, Find[]>()
  for (const find of finds) laws.set(find.law, [...(laws.get(find.law) ?? []), find])
  return laws
}

function listed(finds: readonly Find[]): string {
  const seeds = finds.slice(0, seedsListedMax).map((find) => find.seed)
  return `${seeds.join(', ')}${finds.length > seedsListedMax ? ', ...' : ''}`
}

function summary(tally: Tally, tookMs: number | undefined): string {
  const { seeds, records, failed, requests, steps, virtualMs, faults, finds } = tally
  const broken = new Set(finds.map((find) => find.seed)).size
  const rate =
    tookMs === undefined
      ? ''
      : ` in ${(tookMs / 1000).toFixed(1)} s (${Math.round((seeds * 1000) / tookMs)} seeds/s, ${Math.round((steps * 1000) / tookMs)} events/s)`
  return [
    `${seeds} seeds${seeds === 0 ? '' : ` from ${tally.first} to ${tally.last}`}${rate}: ${broken === 0 ? 'no law broken' : `${broken} break a law`}`,
    `${records} records, ${failed} of them failed; ${requests} requests, ${faults} faults acted, ${Math.round(virtualMs / 1000)} virtual seconds`,
  ].join('\n')
}

function shardOf(values: ParsedArguments['values']): CampaignOptions['shard'] {
  const text = values['shard'] ?? '1/1'
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(String(text))
  const [index, count] = [Number(match?.[1]), Number(match?.[2])]
  if (!(index >= 1 && index <= count)) throw new UsageError(`--shard ${String(text)}: expected i/n with i from 1 to n`)
  return { index, count }
}

function durationOf(values: ParsedArguments['values']): number | undefined {
  const text = values['for']
  if (text === undefined) return undefined
  const ms = parseDurationMs(String(text))
  if (ms === undefined) throw new UsageError(`--for ${String(text)}: expected a duration such as 60s or 10m`)
  return ms
}

/** A bar where it can be wiped away again, else a line per second; to stderr. */
class Progress {
  private readonly context: CommandContext
  private readonly goal: { readonly seeds: number | undefined; readonly forMs: number | undefined }
  private readonly startedMs = performance.now()
  private shownMs = 0

  constructor(
    context: CommandContext,
    goal: { readonly seeds: number | undefined; readonly forMs: number | undefined },
  ) {
    this.context = context
    this.goal = goal
  }

  show({ seeds, finds }: Tally): void {
    const nowMs = performance.now()
    if (nowMs - this.shownMs < (this.context.colour ? 100 : 1_000)) return
    this.shownMs = nowMs
    const tookMs = nowMs - this.startedMs
    const { seeds: wanted = seedsDefault, forMs } = this.goal
    const share = Math.min(1, forMs === undefined ? seeds / wanted : tookMs / forMs)
    const text = `${seeds} seeds, ${Math.round((seeds * 1000) / Math.max(tookMs, 1))}/s, ${finds.length} violations`
    const filled = Math.round(share * 30)
    const bar = `\r\x1b[K[${'='.repeat(filled)}${' '.repeat(30 - filled)}] ${text}`
    this.context.err(this.context.colour ? bar : `${text}\n`)
  }

  end(): void {
    if (this.context.colour) this.context.err('\r\x1b[K')
  }
}
