import type { ForeignAck, ForeignRecord } from './subject.ts'

/** Of one call: far below max.request.size and max.message.bytes. */
const recordsMax = 500
const bytesMax = 256 * 1024

interface Waiting {
  readonly record: ForeignRecord
  readonly resolve: (ack: ForeignAck) => void
  readonly reject: (error: unknown) => void
}

/**
 * For clients that do not keep order, or worse, when a send is not awaited before the next: one call at a time, as
 * their careful users do it, and what has piled up meanwhile goes into the next call together.
 */
export class SendQueue {
  private waiting: Waiting[] = []
  private isBusy = false
  private readonly sendMany: (records: readonly ForeignRecord[]) => Promise<readonly ForeignAck[]>

  constructor(sendMany: (records: readonly ForeignRecord[]) => Promise<readonly ForeignAck[]>) {
    this.sendMany = sendMany
  }

  send(record: ForeignRecord): Promise<ForeignAck> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ record, resolve, reject })
      // What is sent in one turn belongs together.
      if (!this.isBusy) {
        this.isBusy = true
        setImmediate(() => void this.run())
      }
    })
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.takeBatch()
      try {
        const acks = await this.sendMany(batch.map(({ record }) => record))
        for (const [i, { resolve }] of batch.entries()) resolve(acks[i] ?? {})
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.isBusy = false
  }

  /** Of one topic: a call fails as a whole, and what is wrong with one topic is not to be the end of another's records. */
  private takeBatch(): Waiting[] {
    const topic = this.waiting[0]?.record.topic
    const batch: Waiting[] = []
    const rest: Waiting[] = []
    let bytes = 0
    let isFull = false
    for (const one of this.waiting) {
      const { record } = one
      if (record.topic === topic) {
        bytes += record.value.length
        isFull ||= batch.length >= recordsMax || (batch.length > 0 && bytes > bytesMax)
      }
      // What comes behind a full call stays behind it: the order of a topic is that of the sends.
      if (record.topic === topic && !isFull) batch.push(one)
      else rest.push(one)
    }
    this.waiting = rest
    return batch
  }
}

/** Where each record of one call was written: the base offset of its partition, and its place among those before it. */
export function ackEach(
  placed: readonly { readonly topic: string; readonly partition: number | undefined }[],
  baseOf: (
    topic: string,
    partition: number,
  ) => { readonly offset: bigint; readonly timestamp?: number | undefined } | undefined,
): ForeignAck[] {
  const before = new Map<string, bigint>()
  return placed.map(({ topic, partition }) => {
    const base = partition === undefined ? undefined : baseOf(topic, partition)
    if (partition === undefined || base === undefined) return {}
    const name = `${topic}-${partition}`
    const place = before.get(name) ?? 0n
    before.set(name, place + 1n)
    const { offset, timestamp } = base
    return { partition, offset: offset < 0n ? -1n : offset + place, ...(timestamp === undefined ? {} : { timestamp }) }
  })
}
