import type { ArbitraryRecord } from './record-arbitrary.ts'

/** Where a record went. */
export interface Delivered {
  readonly partition: number
  /** Negative: not known. */
  readonly offset: bigint
}

/** One `send`, and what came of it. */
export interface ModelSend {
  readonly number: number
  readonly record: ArbitraryRecord
  /** The value that was sent: marked with its number, so that it is known again. */
  readonly value: string
  outcome:
    | { readonly is: 'delivered'; readonly at: Delivered }
    | { readonly is: 'failed'; readonly error: unknown }
    | undefined
  /** How often its promise settled. */
  settled: number
}

/** What the cluster holds, as it is read back. */
export interface StoredValue {
  readonly partition: number
  readonly offset: bigint
  readonly value: string | null
}

/** What must be true of a producer, by what was asked of it: the simplest thing that could be called one. */
export class ModelLog {
  readonly sends: ModelSend[] = []
  isClosed = false

  sent(record: ArbitraryRecord): ModelSend {
    const number = this.sends.length
    const send = { number, record, value: `${number}:${record.value ?? ''}`, outcome: undefined, settled: 0 }
    this.sends.push(send)
    return send
  }

  /** Numbers of sends without an outcome. */
  get open(): number[] {
    return this.sends.filter(({ outcome }) => outcome === undefined).map(({ number }) => number)
  }

  /** Everything that is wrong with what the cluster holds now that all sends have ended, in words. */
  faultsOf(stored: readonly StoredValue[]): string[] {
    const wrong: string[] = []
    const copies = new Map<number, StoredValue[]>()
    const last = new Map<number, number>()
    for (const one of stored) {
      const number = Number.parseInt(one.value ?? '', 10)
      const send = this.sends[number]
      if (send === undefined || send.value !== one.value) {
        wrong.push(`partition ${one.partition} holds at ${one.offset} what was never sent`)
        continue
      }
      copies.set(number, [...(copies.get(number) ?? []), one])
      if (number < (last.get(one.partition) ?? -1))
        wrong.push(`send ${number} is behind send ${last.get(one.partition)}`)
      last.set(one.partition, number)
    }
    for (const { number, outcome, settled } of this.sends) {
      const found = copies.get(number) ?? []
      if (settled !== 1) wrong.push(`send ${number} settled ${settled} times`)
      if (found.length > 1) wrong.push(`send ${number} is stored ${found.length} times`)
      if (outcome?.is === 'delivered') {
        const { partition, offset } = outcome.at
        if (!found.some((one) => one.partition === partition && (offset < 0n || one.offset === offset)))
          wrong.push(`send ${number} was delivered to partition ${partition} at ${offset}, where it is not`)
      } else if (outcome?.is === 'failed' && isDefinite(outcome.error) && found.length > 0)
        wrong.push(`send ${number} failed for sure, and is stored`)
    }
    return wrong
  }
}

function isDefinite(error: unknown): boolean {
  return (error as { readonly certainty?: string } | undefined)?.certainty === 'definite'
}
