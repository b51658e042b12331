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
  private readonly waiting: Waiting[] = []
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
      const batch = this.waiting.splice(0, this.batchSize())
      try {
        const acks = await this.sendMany(batch.map(({ record }) => record))
        for (const [i, { resolve }] of batch.entries()) resolve(acks[i] ?? {})
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.isBusy = false
  }

  private batchSize(): number {
    let bytes = 0
    const end = this.waiting.findIndex(({ record }, i) => {
      bytes += record.value.length
      return i >= recordsMax || (i > 0 && bytes > bytesMax)
    })
    return end < 0 ? this.waiting.length : end
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
