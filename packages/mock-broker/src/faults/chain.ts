import { invariant } from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import type { FaultKind } from './fault-kind.ts'
import type { ParsedAction } from './index.ts'
import { isDue, type Miss, misses, type RequestFacts } from './match.ts'
import { kindOf, type ParsedFaultRule, type RequestConditions } from './rule.ts'

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

/** A rule that acts on a request. */
export interface ActingRule {
  readonly name: string
  readonly on: RequestConditions
  readonly action: ParsedAction
  readonly kind: FaultKind
}

/** A rule in a chain, to count its hits and to take it out. */
export interface ChainedRule {
  readonly name: string
  hits(): number
  /** The time of a rule with `at` has come: counts it. */
  timeCame(): void
  /** Called at every hit from now on. */
  onHit(listener: (hits: number) => void): () => void
  remove(): void
}

/**
 * The rules of a cluster, in the order they were added. For each request the first rule that fits and has budget left
 * acts; the others do not, but they count the request all the same, so `nth` means the same whatever stands before
 * it. An exhausted rule never shadows a later one, and neither does one that observes. Rules are never changed: what
 * changes stands beside them.
 */
export class FaultChain {
  private readonly entries: Entry[] = []
  private readonly random: Random
  private added = 0

  constructor(random: Random) {
    this.random = random
  }

  add(rule: ParsedFaultRule): ChainedRule {
    const number = ++this.added
    const name = rule.name ?? `fault ${number}`
    // By name and number: taking a rule out moves no decision of the others.
    const entry = new Entry(rule, name, this.random.fork(`fault ${rule.name ?? number}`))
    this.entries.push(entry)
    return {
      name,
      hits: () => entry.hits,
      timeCame: () => entry.hit(),
      onHit: (listener) => {
        entry.listeners.add(listener)
        return () => void entry.listeners.delete(listener)
      },
      remove: () => {
        const index = this.entries.indexOf(entry)
        if (index >= 0) this.entries.splice(index, 1)
      },
    }
  }

  /** The rule that acts on this request, if any. Counts the request for every rule. */
  choose(facts: RequestFacts): ActingRule | undefined {
    let acting: Entry | undefined
    // A listener may add or remove rules.
    for (const entry of [...this.entries]) {
      if (entry.rule.at !== undefined || !entry.wants(facts)) continue
      if (entry.rule.observe) entry.hit()
      else if (acting === undefined) {
        acting = entry
        entry.hit()
      } else entry.wasShadowedBy(acting.name, facts)
    }
    if (acting === undefined) return undefined
    const action = acting.rule.do
    const kind = action && kindOf(action)
    invariant(action !== undefined && kind !== undefined, `rule ${acting.name} does nothing`)
    return { name: acting.name, on: acting.rule.on ?? {}, action, kind }
  }

  get statuses(): FaultStatus[] {
    return this.entries.map((entry) => entry.status())
  }

  get isEmpty(): boolean {
    return this.entries.length === 0
  }

  clear(): void {
    this.entries.length = 0
  }
}

class Entry {
  readonly rule: ParsedFaultRule
  readonly name: string
  readonly listeners = new Set<(hits: number) => void>()
  hits = 0
  private readonly random: Random
  /** Requests that met every condition but the counting ones. */
  private fits = 0
  private nearest: { readonly missed: number; readonly text: string } | undefined

  constructor(rule: ParsedFaultRule, name: string, random: Random) {
    this.rule = rule
    this.name = name
    this.random = random
  }

  /** Whether this rule would act on the request. Counts it. */
  wants(facts: RequestFacts): boolean {
    const on = this.rule.on ?? {}
    const missed = misses(on, facts)
    if (missed.length > 0) {
      this.missedBy(missed, facts)
      return false
    }
    this.fits++
    if (!isDue(on, this.fits)) {
      this.cameClose(0, `${this.fits} requests fit so far; ${counting(on)} was not reached`)
      return false
    }
    const { probability = 1, times = 1 } = this.rule
    // The draw belongs to the number of the fit, so it does not move when another rule comes or goes.
    if (probability < 1 && this.random.belowAt(this.fits, 2 ** 32) >= probability * 2 ** 32) {
      this.cameClose(0, `${this.fits} requests fit; probability ${probability} never drew it`)
      return false
    }
    return this.rule.observe === true || times === 'always' || this.hits < times
  }

  hit(): void {
    this.hits++
    for (const listener of [...this.listeners]) listener(this.hits)
  }

  wasShadowedBy(other: string, facts: RequestFacts): void {
    this.cameClose(-1, `"${other}" acted first on ${described(facts)}`)
  }

  status(): FaultStatus {
    const { at, times = 1, probability, observe } = this.rule
    // A rule with a number is there to act so often; one that acts always or by chance, to act at all.
    const wanted = at !== undefined || times === 'always' || probability !== undefined || observe ? 1 : times
    const isConsumed = this.hits >= wanted
    const came = this.fits === 0 ? 'no request came' : `${this.fits} requests fit so far`
    const otherwise = at === undefined ? came : `its time, ${at} ms, has not come`
    const closest = isConsumed ? undefined : (this.nearest?.text ?? otherwise)
    return { name: this.name, hits: this.hits, rule: this.rule, isConsumed, closest }
  }

  private missedBy(missed: readonly Miss[], facts: RequestFacts): void {
    const [first] = missed
    if (first === undefined) return
    const texts = missed.map(({ condition, wanted, actual }) => `${condition} is ${actual}, not ${wanted}`)
    // Which API it was says more than any number of other conditions that happen to hold.
    const distance = missed.length + (first.condition === 'api' ? 100 : 0)
    this.cameClose(distance, `${described(facts)}: ${texts.join('; ')}`)
  }

  /** Keeps the nearest; of equally near ones the latest, since counts grow. */
  private cameClose(missed: number, text: string): void {
    if (this.nearest === undefined || missed <= this.nearest.missed) this.nearest = { missed, text }
  }
}

function counting({ nth, after, every }: RequestConditions): string {
  const parts = { nth, after, every }
  return Object.entries(parts)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${value}`))
    .join(', ')
}

function described({ api, version, broker, clientId }: RequestFacts): string {
  return `${api} v${version} of ${clientId ? `"${clientId}"` : 'a client'} to broker ${broker}`
}
