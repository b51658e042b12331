import type { Target } from '../handlers/handler.ts'
import type { RequestConditions } from './rule.ts'

/** What rules can see of a request. */
export interface RequestFacts {
  readonly api: string
  readonly broker: number
  readonly clientId: string | null
  readonly version: number
  readonly correlationId: number
  readonly connection: number
  /** Worked out only if a rule asks. */
  readonly targets: () => readonly Target[]
}

export interface Miss {
  /** The condition that did not hold. */
  readonly condition: keyof RequestConditions
  readonly wanted: string
  readonly actual: string
}

/** Why a request does not fit the conditions, `nth`, `after` and `every` aside: nothing if it fits. Pure. */
export function misses(on: RequestConditions, facts: RequestFacts): Miss[] {
  const found: Miss[] = []
  const expect = (condition: keyof RequestConditions, actual: string | number | null): void => {
    const wanted = on[condition]
    // A client without an id is one with an empty id (F7).
    if (wanted !== undefined && wanted !== (actual ?? ''))
      found.push({ condition, wanted: `${wanted}`, actual: `${actual}` })
  }
  expect('api', facts.api)
  expect('broker', facts.broker)
  expect('clientId', facts.clientId)
  expect('version', facts.version)
  const { topic, partition } = on
  if (topic === undefined && partition === undefined) return found
  const targets = facts.targets()
  const ofTopic = targets.filter((target) => topic === undefined || target.topic === topic)
  if (ofTopic.length === 0)
    found.push({ condition: 'topic', wanted: topic ?? 'any', actual: listed(targets.map((target) => target.topic)) })
  else if (partition !== undefined && !ofTopic.some((target) => target.partition === partition)) {
    const actual = listed(ofTopic.flatMap((target) => target.partition ?? []).map(String))
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

/** A few of them, each once. */
function listed(values: readonly string[]): string {
  const distinct = [...new Set(values)]
  const shown = distinct.slice(0, 5).join(', ')
  return distinct.length === 0 ? 'none' : distinct.length > 5 ? `${shown}, ...` : shown
}
