import type { Plan } from './plan.ts'

export interface Shrunk {
  readonly plan: Plan
  /** Runs it took. */
  readonly runs: number
}

export interface ShrinkOptions {
  /** Whether a smaller plan still breaks the same law. */
  readonly fails: (plan: Plan) => boolean
  /** Default 2000. */
  readonly runsMax?: number
}

/**
 * The smallest plan that still fails, as far as single steps lead: first without faults that do not matter, then with
 * fewer records and steps, then with settings at their defaults, and again until nothing can go. A plan is data and
 * chance is counter-based, so taking something out moves nothing else.
 */
export function shrink(plan: Plan, { fails, runsMax = 2_000 }: ShrinkOptions): Shrunk {
  let best = plan
  let runs = 0
  const tries = (smaller: Plan): boolean => {
    if (runs >= runsMax) return false
    runs++
    if (!fails(smaller)) return false
    best = smaller
    return true
  }
  for (let before = ''; before !== JSON.stringify(best) && runs < runsMax; ) {
    before = JSON.stringify(best)
    for (const reduce of reductions) reduce(() => best, tries)
  }
  return { plan: best, runs }
}

type Reduce = (current: () => Plan, tries: (smaller: Plan) => boolean) => void

/** Delta debugging over a list: big pieces first, then single items. */
function withoutItems<T>(items: () => readonly T[], tries: (fewer: readonly T[]) => boolean): void {
  for (let size = Math.ceil(items().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < items().length; ) {
      const fewer = items().filter((_, i) => i < at || i >= at + size)
      // Gone: what follows has moved to this place.
      if (!tries(fewer)) at += size
    }
  }
}

const fewerFaults: Reduce = (current, tries) =>
  withoutItems(
    () => current().faults ?? [],
    (faults) => tries({ ...current(), faults }),
  )

const simplerFaults: Reduce = (current, tries) => {
  const count = current().faults?.length ?? 0
  for (let i = 0; i < count; i++) {
    const change = (changed: object): boolean => {
      const faults = (current().faults ?? []).map((rule, at) => (at === i ? changed : rule))
      return tries({ ...current(), faults } as Plan)
    }
    const rule = () => current().faults![i]!
    if ((rule().times ?? 1) !== 1) {
      const { times: _, ...once } = rule()
      if (!change(once)) {
        for (let times = 2; typeof rule().times === 'number' && times < (rule().times as number); times++)
          if (change({ ...rule(), times })) break
      }
    }
    for (const key of ['broker', 'partition', 'topic', 'every', 'after', 'nth'] as const) {
      const { on } = rule()
      if (on?.[key] === undefined) continue
      const { [key]: value, ...others } = on
      if (change({ ...rule(), on: others })) continue
      if (key === 'nth' && value !== 1) change({ ...rule(), on: { ...others, nth: 1 } })
    }
  }
}

const fewerSteps: Reduce = (current, tries) =>
  withoutItems(
    () => current().workload,
    (workload) => workload.length > 0 && tries({ ...current(), workload }),
  )

const fewerRecords: Reduce = (current, tries) => {
  for (let i = 0; i < current().workload.length; i++) {
    const produce = () => (current().workload[i] as { readonly produce?: Readonly<Record<string, unknown>> }).produce
    const change = (changed: object): boolean => {
      const workload = current().workload.map((step, at) => (at === i ? { produce: changed } : step))
      return tries({ ...current(), workload } as Plan)
    }
    if (produce() === undefined) continue
    for (let records = 1; records < (produce()!['records'] as number); records = Math.ceil(records * 1.5)) {
      if (change({ ...produce()!, records })) break
    }
    for (const key of ['headers', 'keys', 'partition', 'burst', 'rate', 'value']) {
      if (produce()![key] === undefined) continue
      const { [key]: _, ...others } = produce()!
      change(key === 'rate' ? withoutKey(others, 'burst') : others)
    }
  }
}

const defaultSettings: Reduce = (current, tries) => {
  for (const key of Object.keys(current().producer ?? {})) {
    tries({ ...current(), producer: withoutKey(current().producer ?? {}, key) })
  }
}

const plainWorld: Reduce = (current, tries) => {
  if (current().numbersFrom !== undefined) tries(withoutKey(current(), 'numbersFrom'))
  tries({ ...current(), network: {} })
  for (const key of ['latency', 'chunk'] as const)
    if (current().network?.[key] !== undefined) tries({ ...current(), network: withoutKey(current().network!, key) })
  const { cluster = {} } = current()
  if (cluster.apiVersions !== undefined) tries({ ...current(), cluster: withoutKey(cluster, 'apiVersions') })
  for (const [name, topic] of Object.entries(cluster.topics ?? {})) {
    if (typeof topic === 'number') continue
    const change = (changed: object): boolean =>
      tries({ ...current(), cluster: { ...current().cluster, topics: { ...cluster.topics, [name]: changed } } } as Plan)
    const now = () => (current().cluster?.topics?.[name] ?? {}) as Readonly<Record<string, unknown>>
    if (topic.config !== undefined) change(withoutKey(now(), 'config'))
    for (const key of ['partitions', 'replicas']) {
      for (let value = 1; value < ((now()[key] as number | undefined) ?? 1); value++)
        if (change({ ...now(), [key]: value })) break
    }
  }
  for (let brokers = 1; brokers < ((current().cluster?.brokers as number | undefined) ?? 1); brokers++) {
    if (tries({ ...current(), cluster: { ...current().cluster, brokers } })) break
  }
}

const reductions: readonly Reduce[] = [
  fewerFaults,
  fewerSteps,
  fewerRecords,
  simplerFaults,
  defaultSettings,
  plainWorld,
]

function withoutKey<T extends object>(from: T, key: string): T {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name !== key)) as T
}
