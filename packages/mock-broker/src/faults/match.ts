import type { Target } from '../handlers/handler.ts'
import type { RequestConditions } from './rule.ts'

/** What rules can see of a request. */
export interface RequestFacts {
  readonly is: 'request'
  readonly api: string
  readonly broker: number
  readonly clientId: string | null
  readonly version: number
  readonly correlationId: number
  readonly connection: number
  /** Worked out only if a rule asks. */
  readonly targets: () => readonly Target[]
}

/** What rules can see of a connection that was just accepted. */
export interface ConnectionFacts {
  readonly is: 'connection'
  readonly broker: number
  readonly connection: number
}

export type Facts = RequestFacts | ConnectionFacts

export interface Miss {
  /** The condition that did not hold. */
  readonly condition: keyof RequestConditions
  readonly wanted: string
  /** What was there instead: nothing, if the request has nothing of the kind. */
  readonly actual: readonly string[]
}

/** The conditions that can be met by a connection. */
export const connectionConditions: readonly (keyof RequestConditions)[] = ['broker', 'nth', 'after', 'every']

/** Why something does not fit the conditions, `nth`, `after` and `every` aside: nothing if it fits. Pure. */
export function misses(on: RequestConditions, facts: Facts): Miss[] {
  const found: Miss[] = []
  const expect = (condition: keyof RequestConditions, actual: string | number | null): void => {
    const wanted = on[condition]
    // A client without an id is one with an empty id (F7).
    if (wanted !== undefined && wanted !== (actual ?? ''))
      found.push({ condition, wanted: `${wanted}`, actual: [`${actual ?? 'none'}`] })
  }
  if (facts.is === 'request') expect('api', facts.api)
  expect('broker', facts.broker)
  if (facts.is === 'connection') return found
  expect('clientId', facts.clientId)
  expect('version', facts.version)
  const { topic, partition } = on
  if (topic === undefined && partition === undefined) return found
  const targets = facts.targets()
  const ofTopic = targets.filter((target) => topic === undefined || target.topic === topic)
  if (ofTopic.length === 0)
    found.push({ condition: 'topic', wanted: topic ?? 'any', actual: targets.map((target) => target.topic) })
  else if (partition !== undefined && !ofTopic.some((target) => target.partition === partition)) {
    const actual = ofTopic.flatMap((target) => target.partition ?? []).map(String)
    found.push({ condition: 'partition', wanted: `${partition}`, actual })
  }
  return found
}

/** Whether the fit with this number, from 1, is one that the rule acts on. */
export function isDue(on: RequestConditions, fit: number): boolean {
  const { nth, after = 0, every = 1 } = on
  if (nth !== undefined && fit !== nth) return false
  return fit > after && (fit - after) % every === 0
}

/** The first partition of a request that the conditions allow. */
export function pickTarget(
  on: RequestConditions,
  facts: RequestFacts,
): { topic: string; partition: number } | undefined {
  for (const { topic, partition } of facts.targets()) {
    if (partition === undefined) continue
    if ((on.topic ?? topic) === topic && (on.partition ?? partition) === partition) return { topic, partition }
  }
  return undefined
}
