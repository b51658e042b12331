import { faultKinds } from '@harrow/mock-broker/core'
import type { ParsedScenario } from '../../packages/harness/src/scenario/schema.ts'

/** What kind of real cluster a scenario needs. Scenarios with equal shapes share one. */
export interface KafkaShape {
  readonly brokers: number
  readonly properties: Readonly<Record<string, string | number | boolean>>
}

/** Three brokers, where a scenario wants more than one: the least that real clusters have. */
const brokersOfMany = 3

/** Either how to run a scenario on a real cluster, or why it cannot be. */
export function shapeOf(scenario: ParsedScenario): { readonly shape: KafkaShape } | { readonly because: string } {
  const { cluster = {}, faults, worlds } = scenario
  if (worlds !== undefined && !worlds.includes('tcp')) return { because: 'it needs virtual time' }
  if (cluster.kafka !== undefined) return { because: 'it is about brokers of another release' }
  if (cluster.apiVersions !== undefined) return { because: 'it is about brokers that serve other versions' }
  if (cluster.replicationLagMs !== undefined) return { because: 'followers of a real broker are as quick as they are' }
  if (cluster.connectionsMaxIdleMs !== undefined) return { because: 'it is about how the brokers are configured' }
  if (cluster.producerIdExpirationMs !== undefined) return { because: 'it is about how the brokers are configured' }
  const inside = faults.flatMap(({ do: action = {} }) => Object.keys(action)).find((key) => isInside(key))
  if (inside !== undefined) return { because: `\`${inside}\` happens inside a broker` }
  const brokers = cluster.brokers ?? 1
  const properties = {
    'auto.create.topics.enable': cluster.autoCreateTopics ?? false,
    'num.partitions': cluster.defaultPartitions ?? 1,
  }
  return { shape: { brokers: brokers === 1 ? 1 : Math.max(brokers, brokersOfMany), properties } }
}

/** Whether a key of `do` names a kind of fault that the wire alone cannot play: one of the cluster, or a broker's refusal. */
function isInside(key: string): boolean {
  const kind = faultKinds.find((one) => one.key === key)
  return kind !== undefined && (kind.family === 'cluster' || kind.key === 'error')
}

export function shapeName({ brokers, properties }: KafkaShape): string {
  const creates = properties['auto.create.topics.enable'] === true ? ', topics made on first use' : ''
  return `${brokers} broker${brokers === 1 ? '' : 's'}${creates}`
}
