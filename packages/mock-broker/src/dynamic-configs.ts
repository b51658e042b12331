import { configResource } from './config-resource.ts'
import { type DynamicConfigRow, dynamicBrokerConfigs, groupConfigs } from './dynamic-config-table.ts'

/**
 * What administrators have set for brokers and for groups while the cluster ran. What is set for all brokers holds for topics
 * that say nothing of their own (`topicConfigOf`). The rest is kept and told, and nothing here acts on it: settings of one broker
 * among many, threads and connections, and groups of KIP-848, which are not played.
 */
export class DynamicConfigs {
  private readonly byResource = new Map<string, ReadonlyMap<string, string>>()

  /** Of a broker by its id, of all brokers (`''`), or of a group. */
  of(resourceType: number, resourceName: string): ReadonlyMap<string, string> {
    return this.byResource.get(`${resourceType}/${resourceName}`) ?? nothing
  }

  set(resourceType: number, resourceName: string, settings: ReadonlyMap<string, string>): void {
    this.byResource.set(`${resourceType}/${resourceName}`, settings)
  }

  /** Resources with settings of their own. */
  get size(): number {
    return this.byResource.size
  }

  clear(): void {
    this.byResource.clear()
  }
}

/** What is known of a setting; undefined: nothing. */
export function dynamicConfigRow(resourceType: number, key: string): DynamicConfigRow | undefined {
  return dynamicConfigRows(resourceType).find((row) => row.key === key)
}

export function dynamicConfigRows(resourceType: number): readonly DynamicConfigRow[] {
  return resourceType === configResource.group ? groupConfigs : dynamicBrokerConfigs
}

/** Why a value is none of this kind, undefined if it is. Java: `ConfigDef.parseType`. */
export function dynamicValueProblem({ key, kind }: DynamicConfigRow, value: string): string | undefined {
  const isWrong =
    ((kind === 'INT' || kind === 'LONG') && !/^[+-]?\d+$/.test(value.trim())) ||
    (kind === 'BOOLEAN' && !/^(true|false)$/i.test(value.trim()))
  return isWrong ? `Invalid value ${value} for configuration ${key}: Not a value of type ${kind}` : undefined
}

const nothing: ReadonlyMap<string, string> = new Map()
