import type { ProducerConfig } from '@harrow/producer/core'
import type { ParsedScenario } from './schema.ts'

/** The one that a step means which names none, if a scenario has several and one of them has this name. */
export const defaultProducer = 'default'

/** A producer of a scenario. */
export interface ScenarioProducer {
  /** Undefined for the only one of a scenario that names none. */
  readonly name: string | undefined
  readonly config: Omit<ProducerConfig, 'bootstrap.servers'>
  /** Of one of several: by which brokers tell its requests from those of the others. */
  readonly clientId: string | undefined
}

/**
 * The producers of a scenario, the default one first. Of several each has a client.id of its own, its name if the scenario
 * says nothing else: it is the only thing in a request that says who sent it.
 */
export function producersOf({
  producer,
  producers,
}: Pick<ParsedScenario, 'producer' | 'producers'>): ScenarioProducer[] {
  if (producers === undefined) return [{ name: undefined, config: producer, clientId: undefined }]
  return Object.entries(producers).map(([name, settings]) => {
    const config = { 'client.id': name, ...settings }
    return { name, config, clientId: String(config['client.id']) }
  })
}
