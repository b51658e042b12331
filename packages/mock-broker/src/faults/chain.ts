import { invariant } from '@harrow/protocol'
import type { Clock, Random } from '@harrow/runtime'
import type { Timers } from '../timers.ts'
import type { FaultKind } from './fault-kind.ts'
import type { ParsedAction } from './index.ts'
import { type ConnectionFacts, type Facts, isDue, misses, type RequestFacts } from './match.ts'
import { described, NearMiss } from './near-miss.ts'
import { isForConnections, kindOf, type ParsedFaultRule, type RequestConditions } from './rule.ts'

/** How a rule has fared. */
export interface FaultStatus {
  readonly name: string
  readonly hits: number
  readonly rule: ParsedFaultRule
  /** Whether it did all that it was there for: see `assertFaultsConsumed`. */
  readonly isConsumed: boolean
  /** What kept it from acting, as near as it came. Undefined once it is consumed. */
  readonly closest: string | undefined
}

/** A rule that acts. */
export interface ActingRule {
  readonly name: string
  readonly on: RequestConditions
  readonly action: ParsedAction
  readonly kind: FaultKind
  /** Of this hit alone. */
  readonly random: Random
  /** `end` is called once: after `ms`, if that is given, or when the rule is taken out. */
  during(ms: number | undefined, end: () => void): void
}

/** A rule in a chain, to count its hits and to take it out. */
export interface ChainedRule {
  readonly name: string
  hits(): number
  /** Called at every hit from now on, and once when the rule is taken out; returns how to hear no more. */
  watch(watcher: FaultWatcher): () => void
  /** It acts no more, and what it still does to the cluster ends. */
  remove(): void
}

export interface FaultWatcher {
  hit?(hits: number): void
  removed?(status: FaultStatus): void
}

export interface ChainDependencies {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  /** The time of a rule with `at` has come. */
  readonly act: (rule: ActingRule) => void
}

/**
 * The rules of a cluster, in the order they were added. For each request and each connection the first rule that fits
 * and has budget left acts; the others do not, but they count it all the same, so `nth` means the same whatever stands
 * before it. An exhausted rule never shadows a later one, and neither does one that observes, one whose window is not
 * open, or one that chance passed over. Rules are never changed: what changes stands beside them.
 */
export class FaultChain {
  private readonly dependencies: ChainDependencies
  private entries: Entry[] = []
  private added = 0

  constructor(dependencies: ChainDependencies) {
    this.dependencies = dependencies
  }

  add(rule: ParsedFaultRule): ChainedRule {
    const number = ++this.added
    const name = rule.name ?? `fault ${number}`
    // By name and number: taking a rule out moves no decision of the others.
    const random = this.dependencies.random.fork(`fault ${rule.name ?? number}`)
    const hitsOf = (wanted: string): number | undefined => {
      const named = this.entries.filter((one) => one.name === wanted)
      return named.length === 0 ? undefined : named.reduce((sum, one) => sum + one.hits, 0)
    }
    const entry = new Entry({ rule, name, random, hitsOf }, this.dependencies)
    entry.watchers.add({ hit: () => this.startThoseAfter(name) })
    this.entries.push(entry)
    entry.startIfDue()
    return {
      name,
      hits: () => entry.hits,
      watch: (watcher) => {
        entry.watchers.add(watcher)
        return () => void entry.watchers.delete(watcher)
      },
      remove: () => {
        if (!this.entries.includes(entry)) return
        this.entries = this.entries.filter((one) => one !== entry)
        entry.end()
      },
    }
  }

  /** The rule that acts on this request, if any. Counts the request for every rule. */
  chooseForRequest(facts: RequestFacts): ActingRule | undefined {
    return this.choose(facts, (rule) => !isForConnections(rule))
  }

  /** The same for a connection that was just accepted. */
  chooseForConnection(facts: ConnectionFacts): ActingRule | undefined {
    return this.choose(facts, isForConnections)
  }

  get statuses(): FaultStatus[] {
    return this.entries.map((entry) => entry.status())
  }

  get isEmpty(): boolean {
    return this.entries.length === 0
  }

  /** Takes every rule out. */
  clear(): void {
    const gone = this.entries
    this.entries = []
    for (const entry of gone) entry.end()
  }

  /** The cluster has stopped: whoever waits for a hit is told that none will come. The rules stay, to be asked. */
  stop(): void {
    for (const entry of this.entries) entry.tellRemoved()
  }

  private choose(facts: Facts, isMeant: (rule: ParsedFaultRule) => boolean): ActingRule | undefined {
    let acting: Entry | undefined
    // A listener may add or remove rules.
    for (const entry of this.entries) {
      if (entry.rule.at !== undefined || !isMeant(entry.rule) || !entry.wants(facts)) continue
      if (entry.rule.observe) entry.hit()
      else if (acting === undefined) {
        acting = entry
        entry.hit()
      } else entry.wasShadowedBy(acting.name, facts)
    }
    return acting?.acting()
  }

  private startThoseAfter(name: string): void {
    for (const entry of this.entries) if (entry.rule.once?.hit === name) entry.startIfDue()
  }
}

interface EntryParts {
  readonly rule: ParsedFaultRule
  readonly name: string
  readonly random: Random
  /** Hits of the rules of this name; undefined if there are none. */
  readonly hitsOf: (name: string) => number | undefined
}

class Entry {
  readonly rule: ParsedFaultRule
  readonly name: string
  readonly watchers = new Set<FaultWatcher>()
  hits = 0
  private readonly parts: EntryParts
  private readonly dependencies: ChainDependencies
  /** Requests that met every condition but the counting ones. */
  private fits = 0
  private readonly nearMiss = new NearMiss()
  /** When its own time began: when it was added, or when the rule that it waits for had hit. */
  private startedAtMs: number | undefined
  private cancelTime: (() => void) | undefined
  private readonly ends = new Set<() => void>()

  constructor(parts: EntryParts, dependencies: ChainDependencies) {
    this.parts = parts
    this.rule = parts.rule
    this.name = parts.name
    this.dependencies = dependencies
  }

  /** Its own time begins, unless it has begun or has to wait for another rule. */
  startIfDue(): void {
    const { once, at } = this.rule
    if (this.startedAtMs !== undefined || (once !== undefined && !this.hasHit(once))) return
    const { clock, timers } = this.dependencies
    this.startedAtMs = clock.nowMs()
    if (at === undefined) return
    this.cancelTime = timers.after(at, () => {
      if (this.windowProblem() !== undefined) return
      this.hit()
      this.dependencies.act(this.acting())
    })
  }

  /** Whether this rule would act. Counts what it would act on. */
  wants(facts: Facts): boolean {
    const on = this.rule.on ?? {}
    const missed = misses(on, facts)
    if (missed.length > 0) {
      this.nearMiss.missed(missed, facts)
      return false
    }
    const because = this.windowProblem()
    if (because !== undefined) {
      this.nearMiss.cameClose(`${described(facts)} fits, but ${because}`)
      return false
    }
    this.fits++
    if (!isDue(on, this.fits)) {
      this.nearMiss.cameClose(`${this.fitsSoFar(facts)}; ${counting(on)} was not reached`)
      return false
    }
    const { probability = 1, times = 1 } = this.rule
    // The draw belongs to the number of the fit, so it does not move when another rule comes or goes.
    if (probability < 1 && this.parts.random.belowAt(this.fits, 2 ** 32) >= probability * 2 ** 32) {
      this.nearMiss.cameClose(`${this.fitsSoFar(facts)}; probability ${probability} never drew it`)
      return false
    }
    this.nearMiss.cameClose(this.fitsSoFar(facts))
    return this.rule.observe === true || times === 'always' || this.hits < times
  }

  hit(): void {
    this.hits++
    for (const watcher of [...this.watchers]) watcher.hit?.(this.hits)
  }

  wasShadowedBy(other: string, facts: Facts): void {
    this.nearMiss.wasShadowed(`"${other}" acted first on ${described(facts)}`)
  }

  acting(): ActingRule {
    const { do: action, on = {} } = this.rule
    const kind = action && kindOf(action)
    invariant(action !== undefined && kind !== undefined, `rule ${this.name} does nothing`)
    const random = this.parts.random.fork(`hit ${this.hits}`)
    return { name: this.name, on, action, kind, random, during: (ms, end) => this.during(ms, end) }
  }

  status(): FaultStatus {
    const { at, times = 1, probability, observe } = this.rule
    // A rule with a number is there to act so often; one that acts always or by chance, to act at all.
    const wanted = at !== undefined || times === 'always' || probability !== undefined || observe ? 1 : times
    const isConsumed = this.hits >= wanted
    const closest = isConsumed ? undefined : this.closest()
    return { name: this.name, hits: this.hits, rule: this.rule, isConsumed, closest }
  }

  /** Taken out: its time does not come any more, and what lasts ends. */
  end(): void {
    this.cancelTime?.()
    for (const end of [...this.ends]) end()
    this.tellRemoved()
  }

  tellRemoved(): void {
    const status = this.status()
    for (const watcher of [...this.watchers]) watcher.removed?.(status)
  }

  private during(ms: number | undefined, end: () => void): void {
    let cancel: (() => void) | undefined
    const once = (): void => {
      if (!this.ends.delete(once)) return
      cancel?.()
      end()
    }
    this.ends.add(once)
    if (ms !== undefined) cancel = this.dependencies.timers.after(ms, once)
  }

  private closest(): string {
    const { at, once } = this.rule
    if (this.startedAtMs === undefined && once !== undefined) return this.waitsFor(once)
    const because = this.windowProblem()
    if (at !== undefined) return because ?? `its time, ${at} ms, has not come`
    return this.nearMiss.told(isForConnections(this.rule) ? 'connection' : 'request')
  }

  /** Why now is not its time, undefined if it is. */
  private windowProblem(): string | undefined {
    const { from = 0, until, once } = this.rule
    if (this.startedAtMs === undefined) return once === undefined ? 'it was not started' : this.waitsFor(once)
    const elapsedMs = this.dependencies.clock.nowMs() - this.startedAtMs
    if (elapsedMs < from) return `${elapsedMs} ms is before \`from\`, ${from} ms`
    if (typeof until === 'number') {
      return elapsedMs < until ? undefined : `${elapsedMs} ms is not before \`until\`, ${until} ms`
    }
    return until !== undefined && this.hasHit(until) ? `"${until.hit}" had hit before` : undefined
  }

  private hasHit({ hit, times = 1 }: { readonly hit: string; readonly times?: number }): boolean {
    return (this.parts.hitsOf(hit) ?? 0) >= times
  }

  private waitsFor({ hit, times = 1 }: { readonly hit: string; readonly times?: number }): string {
    const hits = this.parts.hitsOf(hit)
    if (hits === undefined) return `it waits for "${hit}", and no rule has that name`
    return `it waits for "${hit}", which has hit ${hits} of ${times} times`
  }

  private fitsSoFar(facts: Facts): string {
    return `${this.fits} ${facts.is}${this.fits === 1 ? ' fits' : 's fit'} so far`
  }
}

function counting({ nth, after, every }: RequestConditions): string {
  const parts = { nth, after, every }
  return Object.entries(parts)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${value}`))
    .join(', ')
}
