import type { Facts, Miss } from './match.ts'

/** Different values of one condition that are told one by one. */
const valuesShown = 5

/**
 * How near a rule came to acting, told in one line: what came, and which conditions of those that came nearest did not
 * hold.
 */
export class NearMiss {
  private came = 0
  private nearest: Nearest | undefined
  /** Said when every condition on a request had been met, so always nearer. */
  private last: { readonly text: string; readonly isFinal: boolean } | undefined

  /** These conditions did not hold. */
  missed(misses: readonly Miss[], facts: Facts): void {
    this.came++
    // Which API it was says more than any number of other conditions that happen to hold.
    const distance = misses.length + (misses[0]?.condition === 'api' ? 100 : 0)
    if (this.nearest !== undefined && distance > this.nearest.distance) return
    const key = misses.map(({ condition }) => condition).join()
    const isSame = this.nearest?.key === key && this.nearest.distance === distance
    // Of equally near ones the latest.
    if (!isSame || this.nearest === undefined) this.nearest = { distance, key, count: 0, facts, actual: [], misses }
    this.nearest.count++
    this.nearest.facts = facts
    for (const [i, miss] of misses.entries()) {
      const values = this.nearest.actual[i] ?? new Set()
      this.nearest.actual[i] = values
      for (const value of miss.actual) if (values.size <= valuesShown) values.add(value)
    }
  }

  /** Every condition on it held, and yet: for the reason given. Of several reasons the latest, since counts grow. */
  cameClose(because: string): void {
    this.came++
    if (this.last?.isFinal !== true) this.last = { text: because, isFinal: false }
  }

  /** It would have acted, had not another rule come first: nothing is nearer than that. */
  wasShadowed(because: string): void {
    this.last = { text: because, isFinal: true }
  }

  /** `what`: requests or connections. */
  told(what: string): string {
    if (this.last !== undefined) return this.last.text
    const { nearest } = this
    if (nearest === undefined) return `no ${what} came`
    const texts = nearest.misses.map(({ condition, wanted }, i) => {
      const values = [...(nearest.actual[i] ?? [])]
      const more = values.length > valuesShown ? ', ...' : ''
      return `${condition} is ${values.slice(0, valuesShown).join(', ') || 'none'}${more}, not ${wanted}`
    })
    const share = nearest.count === this.came ? `all ${this.came}` : `${nearest.count} of ${this.came}`
    const last = described(nearest.facts)
    if (this.came === 1) return `${last}: ${texts.join('; ')}`
    return `${share} ${what}s that came: ${texts.join('; ')} (the last was ${last})`
  }
}

interface Nearest {
  readonly distance: number
  readonly key: string
  readonly misses: readonly Miss[]
  readonly actual: Set<string>[]
  count: number
  facts: Facts
}

export function described(facts: Facts): string {
  if (facts.is === 'connection') return `connection ${facts.connection} to broker ${facts.broker}`
  const { api, version, broker, clientId } = facts
  return `${api} v${version} of ${clientId ? `"${clientId}"` : 'a client'} to broker ${broker}`
}
