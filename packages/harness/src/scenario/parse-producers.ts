import { ConfigError, type ProducerConfig, parseProducerConfig, producerConfigTable } from '@harrow/producer/core'
import { allProducers } from '../workload/step-qualifiers.ts'
import { didYouMean } from './nearest.ts'
import { defaultProducer, producersOf } from './producers.ts'
import type { ParsedScenario, ScenarioIssue } from './schema.ts'

type Path = readonly (string | number)[]
type Settings = Readonly<Record<string, unknown>>

/** `producer` and `producers` of a scenario, as far as they are maps. */
export function parseProducers(
  input: Settings,
  issues: ScenarioIssue[],
): Pick<ParsedScenario, 'producer' | 'producers'> {
  const one = input['producer']
  const producer = isMap(one) ? one : {}
  parseSettings(producer, ['producer'], issues)
  const named = input['producers']
  if (!isMap(named)) return { producer }
  for (const [name, settings] of Object.entries(named)) {
    const path = ['producers', name]
    if (isMap(settings)) parseSettings(settings, path, issues)
    if (name === allProducers)
      issues.push({ path, at: 'key', message: `"${name}" is every producer: call this one something else` })
    if (name === defaultProducer && one !== undefined)
      issues.push({ path, at: 'key', message: `the producer of \`producer\` is called "${name}" already` })
  }
  const maps = Object.entries(named).filter(([, settings]) => isMap(settings))
  const all = Object.fromEntries([...(one === undefined ? [] : [[defaultProducer, producer]]), ...maps]) as Readonly<
    Record<string, Settings>
  >
  checkClientIds(all, issues)
  // The one that a step means which names none comes first.
  const { [defaultProducer]: first, ...others } = all
  return { producer, producers: { ...(first === undefined ? {} : { [defaultProducer]: first }), ...others } }
}

/** Names of the producers; of the only one of a scenario that names none, nothing. */
export function producerNames({ producers = {} }: Pick<ParsedScenario, 'producers'>): readonly string[] {
  return Object.keys(producers)
}

/** Which producers a step means: `producer: billing`, a list, or `all`. */
export function namedProducers(
  given: unknown,
  names: readonly string[],
  path: Path,
  issues: ScenarioIssue[],
): string[] {
  if (given === allProducers && names.length > 0) return [...names]
  const wanted = (Array.isArray(given) ? given : [given]) as readonly string[]
  for (const [at, name] of wanted.entries()) {
    const place = Array.isArray(given) ? [...path, at] : path
    if (!names.includes(name)) issues.push({ path: place, at: 'value', message: noProducer(name, names) })
    else if (wanted.indexOf(name) !== at) issues.push({ path: place, at: 'value', message: `"${name}" is named twice` })
  }
  return [...wanted]
}

export function noProducer(name: string, names: readonly string[]): string {
  if (names.length === 0) return `no producer has the name "${name}": the scenario has only one, and no \`producers\``
  return `no producer has the name "${name}"${didYouMean(name, names) || `; known: ${names.join(', ')}`}`
}

/** The producer's own parser stops at the first mistake, so it is asked once per key, and then for the whole. */
function parseSettings(settings: Settings, base: Path, issues: ScenarioIssue[]): void {
  const known = producerConfigTable.map((row) => row.key as string)
  const before = issues.length
  for (const key of Object.keys(settings)) {
    if (key === 'bootstrap.servers') {
      issues.push({
        path: [...base, key],
        at: 'key',
        message: 'the cluster of the scenario is the bootstrap server: leave it out',
      })
    } else if (!known.includes(key)) {
      issues.push({
        path: [...base, key],
        at: 'key',
        message: `unknown producer setting "${key}"${didYouMean(key, known)}`,
      })
    }
  }
  if (issues.length > before) return
  try {
    parseProducerConfig({ ...settings, 'bootstrap.servers': 'localhost:9092' } as ProducerConfig)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const path = Object.hasOwn(settings, error.key) ? [...base, error.key] : base
    issues.push({ path, at: 'value', message: error.message })
  }
}

/** Whose a request is, only its client.id tells. */
function checkClientIds(producers: Readonly<Record<string, Settings>>, issues: ScenarioIssue[]): void {
  const owners = new Map<string, string>()
  for (const { name = '', clientId = '' } of producersOf({ producer: {}, producers })) {
    const owner = owners.get(clientId)
    owners.set(clientId, name)
    if (owner === undefined) continue
    const message = `${owner} has the client.id "${clientId}" too: nobody could tell their requests apart`
    issues.push({ path: ['producers', name, 'client.id'], at: 'value', message })
  }
}

function isMap(input: unknown): input is Settings {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}
