import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadScenarios } from '../../packages/harness/src/scenario/load.ts'
import { runScenario, type ScenarioResult } from '../../packages/harness/src/scenario/run.ts'
import type { ParsedScenario } from '../../packages/harness/src/scenario/schema.ts'
import { overTcp } from '../../packages/harness/src/worlds/tcp.ts'
import type { World } from '../../packages/harness/src/worlds/world.ts'
import { KafkaCluster } from '../kafka/kafka-cluster.ts'
import { type KafkaVersion, kafkaVersions, referenceKafka } from '../kafka/versions.ts'
import type { Part } from '../part.ts'
import { readResults, writeResults } from '../results/results.ts'
import { type InteropRun, Skip } from '../step.ts'
import { type KafkaShape, shapeName, shapeOf } from './applicability.ts'
import { realCluster } from './real-cluster.ts'
import type { PlayedScenario, ScenarioResults, UnplayedScenarios } from './scenario-section.ts'
import { slownessOf } from './slow-broker.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const realMsMax = 120_000
const attemptsMax = 3

interface Applicable {
  readonly file: string
  readonly scenario: ParsedScenario
}

/** The scenario library with a real cluster in the place of the mock's logs and answers. */
export const scenariosPart: Part = {
  name: 'scenarios',
  about: 'the scenario library: our producer in front of a real broker, judged by the laws and by what each expects',
  async run(run) {
    const { byShape, unplayed } = await sorted()
    // One release, and what is known of the other is kept: `HARROW_INTEROP_KAFKA=3.9.2`.
    const { HARROW_INTEROP_KAFKA: only } = process.env
    const versions = kafkaVersions.filter((version) => only === undefined || version === only)
    if (versions.length === 0) throw new Error(`no Kafka ${only}: ${kafkaVersions.join(', ')}`)
    const byVersion = new Map<KafkaVersion, readonly PlayedScenario[]>()
    for (const version of versions) byVersion.set(version, await playAll(run, version, byShape))
    tellUnplayed(run, unplayed)
    if (run.refresh) writeResults('scenarios', withResults(readResults().scenarios, byVersion, unplayed))
  },
}

type ByShape = ReadonlyMap<string, { readonly shape: KafkaShape; readonly scenarios: readonly Applicable[] }>

async function playAll(run: InteropRun, version: KafkaVersion, byShape: ByShape): Promise<PlayedScenario[]> {
  const played: PlayedScenario[] = []
  for (const [name, { shape, scenarios }] of byShape) {
    run.say(`Kafka ${version}, ${name}`)
    await using kafka = await KafkaCluster.start({ version, ...shape })
    const brokers = kafka.addresses.map(({ nodeId, host, port }) => ({ id: nodeId, host, port }))
    const world = overTcp(realCluster(brokers))
    for (const { file, scenario } of scenarios) {
      let result: ScenarioResult | undefined
      await run.step(`${version}: ${scenario.name}`, async () => {
        result = await judged(scenario, { file, world })
        if (result.outcome !== 'passed') throw new Error(whyNot(result))
      })
      if (result === undefined) continue
      played.push({ file, name: scenario.name, cluster: name, ...outcomeOf(scenario, result) })
    }
  }
  return played
}

/** What is known already, with the releases that were asked again. */
function withResults(
  known: ScenarioResults | undefined,
  byVersion: ReadonlyMap<KafkaVersion, readonly PlayedScenario[]>,
  unplayed: readonly UnplayedScenarios[],
): ScenarioResults {
  const others = kafkaVersions.filter((version) => version !== referenceKafka)
  const older = others.flatMap((kafka) => {
    const played = byVersion.get(kafka)
    if (played === undefined) return known?.older?.filter((one) => one.kafka === kafka) ?? []
    const broken = played.flatMap(({ name, held }) => (held ? [] : [name]))
    return [{ kafka, held: played.length - broken.length, broken }]
  })
  return { kafka: referenceKafka, played: byVersion.get(referenceKafka) ?? known?.played ?? [], older, unplayed }
}

/** One that did not hold while the broker was slow is tried again, and in the end skipped. */
async function judged(
  scenario: ParsedScenario,
  { file, world }: { readonly file: string; readonly world: World },
): Promise<ScenarioResult> {
  let slowness: string | undefined
  const place: World = {
    ...world,
    async run(parsed, options) {
      const run = await world.run(parsed, options)
      slowness = slownessOf(run.history)
      return run
    },
  }
  for (let attempt = 1; ; attempt++) {
    const result = await runScenario(scenario, { world: 'tcp', place, file, realMsMax })
    if (result.outcome === 'passed' || slowness === undefined) return result
    if (attempt === attemptsMax) throw new Skip(`${attempt} times, the last time: ${slowness}; ${whyNot(result)}`)
  }
}

/** Those that can be run, by the cluster they need, and the others by the reason why not. */
async function sorted() {
  const { scenarios, diagnostics } = await loadScenarios([`${root}scenarios`])
  if (diagnostics.length > 0) throw new Error(`scenarios that are none: ${JSON.stringify(diagnostics[0])}`)
  const byShape = new Map<string, { readonly shape: KafkaShape; readonly scenarios: Applicable[] }>()
  const files = new Map<string, Set<string>>()
  for (const { file, scenario } of scenarios) {
    const here = relative(root, file)
    const found = shapeOf(scenario)
    if ('because' in found) {
      const same = files.get(found.because) ?? new Set()
      files.set(found.because, same.add(here))
      continue
    }
    const name = shapeName(found.shape)
    const same = byShape.get(name) ?? { shape: found.shape, scenarios: [] }
    byShape.set(name, same)
    same.scenarios.push({ file: here, scenario })
  }
  const unplayed = [...files].map(([because, those]): UnplayedScenarios => ({ because, files: [...those] }))
  unplayed.sort((a, b) => b.files.length - a.files.length)
  return { byShape, unplayed }
}

function outcomeOf({ faults }: ParsedScenario, { verdicts, counts, outcome }: ScenarioResult) {
  const bound = verdicts.filter(({ unbound }) => unbound === undefined)
  return {
    faults: [...new Set(faults.flatMap(({ do: action = {} }) => Object.keys(action)[0] ?? []))],
    records: counts.records,
    laws: bound.filter(({ law }) => law === law.toUpperCase()).length,
    expectations: bound.filter(({ law }) => law !== law.toUpperCase()).length,
    held: outcome === 'passed',
  }
}

function whyNot({ reason, verdicts }: ScenarioResult): string {
  const violations = verdicts.flatMap((verdict) => verdict.violations)
  const lines = violations.flatMap(({ law, message, evidence }) => [`${law}: ${message}`, ...evidence.slice(0, 3)])
  return reason ?? lines.slice(0, 12).join('\n')
}

function tellUnplayed(run: InteropRun, unplayed: readonly UnplayedScenarios[]): void {
  for (const { because, files } of unplayed) run.say(`not applicable, ${because}: ${files.join(', ')}`)
}
