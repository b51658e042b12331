import { Producer } from '@harrow/producer'
import { Ledger } from '../ledger/ledger.ts'

/** 2,000 records a second: enough that some are always on their way, whatever happens to the brokers. */
const everyMs = 10
const recordsAtOnce = 20
const keys = 100
const valueBytes = 100

export interface LoadReport {
  /** With every acknowledgement in it. */
  readonly ledger: Ledger
  /** From send to acknowledgement, of the record that waited longest. */
  readonly slowestMs: number
  readonly retries: number
}

export interface SteadyLoad extends AsyncDisposable {
  /** Sends no more, and resolves when everything sent is acknowledged. Rejects with the first failure of a record. */
  stop(): Promise<LoadReport>
}

/** The producer as it comes (idempotent, acks all), sending keyed records. */
export function steadyLoad(bootstrapServers: string, topic: string): SteadyLoad {
  const producer = new Producer({ 'bootstrap.servers': bootstrapServers })
  const acknowledged: { readonly number: number; readonly partition: number; readonly offset: bigint }[] = []
  let sent = 0
  let slowestMs = 0
  let failure: unknown

  function send(): void {
    const number = sent++
    const sentMs = performance.now()
    // The first four bytes are the number that Java's reader tells.
    const value = Buffer.alloc(valueBytes, 'harrow ')
    value.writeInt32BE(number)
    producer.send({ topic, key: `key ${number % keys}`, value }, (metadata, error) => {
      if (metadata === undefined) {
        failure ??= error
        return
      }
      acknowledged.push({ number, partition: metadata.partition, offset: metadata.offset })
      slowestMs = Math.max(slowestMs, performance.now() - sentMs)
    })
  }

  const timer = setInterval(() => {
    for (let i = 0; i < recordsAtOnce; i++) send()
  }, everyMs)

  return {
    async stop() {
      clearInterval(timer)
      await producer.flush()
      const retries = producer.metrics().find(({ name }) => name === 'record-retry-total')
      if (failure !== undefined) throw failure
      const ledger = new Ledger(sent)
      for (const { number, partition, offset } of acknowledged) ledger.acknowledged(number, partition, offset)
      return { ledger, slowestMs: Math.round(slowestMs), retries: Number(retries?.value) }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await producer.close({ timeoutMs: 0 })
    },
  }
}
