import type { OutcomeGroup, OutcomeOf, TellInGroups, Told } from '../accumulator/outcome-group.ts'
import type { ProducerCore } from '../producer-core.ts'
import type { OnCompletion, ProducerRecord, RecordMetadata } from '../record.ts'

type Settled = Promise<RecordMetadata>

/** A callback, and the promise that it settles. */
type SettlingCallback = OnCompletion & { settled?: Settled }

const aMicrotask = Promise.resolve()

/**
 * HOT: once per record. `core.send` with a promise instead of a callback. Throws what `send` throws. Its plain form is
 * `plainPromise`.
 */
export function promisedSend(core: ProducerCore, record: ProducerRecord<unknown, unknown>): Settled {
  return settledOf(core.sendInGroup(record, inGroups))
}

/**
 * A promise for one record, by a callback of its own. Throws what `send` throws. It is settled one microtask after the
 * callback, as those of a group are, so that promises of both kinds are settled in the order of their records.
 */
export function plainPromise(send: (onCompletion: OnCompletion) => unknown): Settled {
  const onCompletion = inGroups.alone()
  send(onCompletion)
  return settledOf(onCompletion)
}

function settledOf(told: Told): Settled {
  return told instanceof PromiseGroup ? told.add() : (told as SettlingCallback).settled!
}

const inGroups: TellInGroups = {
  open: (firstIndex, outcomeOf) => new PromiseGroup(firstIndex, outcomeOf),
  alone() {
    let settle!: SettlingCallback
    const settled = new Promise<RecordMetadata>((resolve, reject) => {
      settle = (metadata, error) => {
        void aMicrotask.then(() => (metadata === undefined ? reject(error) : resolve(metadata)))
      }
    })
    settle.settled = settled
    return settle
  },
}

/**
 * HOT: promises of records that follow each other in one batch, all derived from one promise, whose reactions run in the
 * order in which they were asked for, so that one function with a counter serves all of them.
 *
 * A promise of its own takes two resolving functions, their context, the function that is told, and its context: some 400
 * bytes that live until the answer, which the garbage collector has to move twice. A derived one takes a hundred.
 */
class PromiseGroup implements OutcomeGroup {
  private readonly base: Promise<void>
  private resolveBase!: () => void
  private next: number
  private readonly outcomeOf: OutcomeOf
  /** Of a split batch: what its promises wait for. */
  private ofParts: Map<number, Settled> | undefined

  constructor(firstIndex: number, outcomeOf: OutcomeOf) {
    this.next = firstIndex
    this.outcomeOf = outcomeOf
    this.base = new Promise((resolve) => {
      this.resolveBase = resolve
    })
  }

  /** The promise of the record that was appended last. Call once for each, in order. */
  add(): Settled {
    return this.base.then(this.tell)
  }

  release(): void {
    this.resolveBase()
  }

  callbackOf(index: number): OnCompletion {
    let settle!: OnCompletion
    const settled = new Promise<RecordMetadata>((resolve, reject) => {
      settle = (metadata, error) => (metadata === undefined ? reject(error) : resolve(metadata))
    })
    this.ofParts ??= new Map()
    this.ofParts.set(index, settled)
    // From the next microtask on those that were handed out follow these.
    this.resolveBase()
    return settle
  }

  private readonly tell = (): RecordMetadata | Settled => {
    const index = this.next++
    return this.ofParts?.get(index) ?? this.outcomeOf(index)
  }
}
