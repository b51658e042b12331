import type { ParsedScenario } from './schema.ts'

/** A topic that exists from the start, with its defaults. */
export interface ScenarioTopic {
  readonly name: string
  readonly partitions: number
  readonly replicas: number
  readonly config: Readonly<Record<string, string | number>>
}

export function topicsOf({ cluster }: ParsedScenario): ScenarioTopic[] {
  return Object.entries(cluster?.topics ?? {}).map(([name, options]) => {
    const {
      partitions = 1,
      replicas = 1,
      config = {},
    } = typeof options === 'object' ? options : { partitions: options }
    return { name, partitions, replicas, config }
  })
}

/** Of one that is made on first use: 1. */
export function partitionsOf(scenario: ParsedScenario, topic: string): number {
  return topicsOf(scenario).find(({ name }) => name === topic)?.partitions ?? 1
}
