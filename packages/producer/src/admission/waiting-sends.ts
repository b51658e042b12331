import type { PreparedRecord } from '../record-encoder.ts'
import type { Trace } from '../trace.ts'
import type { PendingSend } from './pending-send.ts'

/** Sends in no batch yet, and the lines that they stand in. Who may leave, and when, is the business of `Admission`. */
export class WaitingSends {
  private readonly trace: Trace | undefined
  /** All that wait, in the order of their calls, which is also the order of their deadlines. */
  private readonly bySendNumber = new Map<number, PendingSend>()
  readonly forSerializer = new Map<string, PendingSend[]>()
  readonly forMetadata = new Map<string, PendingSend[]>()
  readonly forMemory = new Set<PendingSend>()
  private bytesWaiting = 0

  constructor(trace: Trace | undefined) {
    this.trace = trace
  }

  get count(): number {
    return this.bySendNumber.size
  }

  /** The memory that they may need in the end: each record a batch of its own. */
  get bytes(): number {
    return this.bytesWaiting
  }

  /** In the order of their calls. */
  get all(): Iterable<PendingSend> {
    return this.bySendNumber.values()
  }

  /** The earliest, which is also the first to run out of time. */
  get first(): PendingSend | undefined {
    for (const send of this.bySendNumber.values()) return send
    return undefined
  }

  get(sendNumber: number): PendingSend | undefined {
    return this.bySendNumber.get(sendNumber)
  }

  /** To the end of a line; `bytes` is the memory that it may need. */
  add(
    send: PendingSend,
    {
      on,
      bytes,
      nowMs,
    }: { readonly on: 'serializer' | 'metadata' | 'memory'; readonly bytes: number; readonly nowMs: number },
  ): void {
    if (send.waitsFor !== on) {
      this.traceUnblocked(send, nowMs)
      this.trace?.({ event: 'send-blocked', topic: send.topic, on })
      // `send` returns now, and the caller may write the next record into the same bytes.
      if (send.waitsFor === 'nothing') send.encoded = ownCopy(send.encoded)
      send.waitsSinceMs = nowMs
    }
    send.waitsFor = on
    this.bytesWaiting += bytes - send.waitingBytes
    send.waitingBytes = bytes
    this.bySendNumber.set(send.sendNumber, send)
    if (on === 'memory') this.forMemory.add(send)
    else enqueue(on === 'serializer' ? this.forSerializer : this.forMetadata, send)
  }

  /** It waits for nothing any more. */
  remove(send: PendingSend, nowMs: number): void {
    this.traceUnblocked(send, nowMs)
    this.bySendNumber.delete(send.sendNumber)
    this.forMemory.delete(send)
    this.bytesWaiting -= send.waitingBytes
    send.waitingBytes = 0
    for (const byTopic of [this.forSerializer, this.forMetadata]) {
      const sends = byTopic.get(send.topic)
      const at = sends?.indexOf(send) ?? -1
      if (at >= 0) sends?.splice(at, 1)
      if (sends?.length === 0) byTopic.delete(send.topic)
    }
    send.waitsFor = 'nothing'
  }

  /** All at once, for those who remove every one: taking thousands out of their lines one by one takes long. */
  takeAll(): PendingSend[] {
    this.forSerializer.clear()
    this.forMetadata.clear()
    return [...this.bySendNumber.values()]
  }

  private traceUnblocked({ topic, waitsFor: on, waitsSinceMs }: PendingSend, nowMs: number): void {
    if (on !== 'nothing') this.trace?.({ event: 'send-unblocked', topic, on, waitedMs: nowMs - waitsSinceMs })
  }
}

function enqueue(byTopic: Map<string, PendingSend[]>, send: PendingSend): void {
  const sends = byTopic.get(send.topic)
  if (sends === undefined) byTopic.set(send.topic, [send])
  else sends.push(send)
}

function ownCopy(record: PreparedRecord): PreparedRecord {
  const headers = record.headers.map(({ key, value }) => ({ key, value: value?.slice() ?? null }))
  return { ...record, key: record.key?.slice() ?? null, value: record.value?.slice() ?? null, headers }
}
