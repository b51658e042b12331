import { Producer } from '@harrow/producer'
import { loadNativeCrc32c } from '@harrow/protocol/node'
import { awaited, keys as keyBytes, measure, spec, values as valueBytes } from './measure.ts'

if (spec.crc === 'native' && !(await loadNativeCrc32c())) throw new Error('@node-rs/crc32 is not here')
const producer = new Producer({
  'bootstrap.servers': spec.bootstrap,
  acks: spec.acks,
  'enable.idempotence': false,
  'batch.size': spec.batchBytes,
  'linger.ms': spec.lingerMs,
  ...(spec.bufferBytes === undefined ? {} : { 'buffer.memory': spec.bufferBytes }),
  'compression.type': spec.compression,
  'max.request.size': Math.max(2 ** 20, spec.partitions * (spec.batchBytes + 1_024)),
})
const { topic } = spec
const keys: readonly (string | Buffer)[] = spec.strings ? keyBytes.map(String) : keyBytes
const values: readonly (string | Buffer)[] = spec.strings ? valueBytes.map(String) : valueBytes

if (spec.mode !== 'flow') {
  await measure(awaited((key, value) => producer.send({ topic, key, value })))
} else if (spec.completion === 'promise') {
  await measure(async (records) => {
    let settled: Promise<unknown> | undefined
    for (let i = 0; i < records; i++) {
      // A failure would be an unhandled rejection, which ends the process.
      settled = producer.send({ topic, key: spec.keys ? keys[i % 1_000]! : null, value: values[i & 63]! })
      if (producer.writableNeedDrain) await producer.drain()
    }
    await producer.flush()
    await settled
    return undefined
  })
} else {
  await measure(async (records) => {
    let sent = 0
    let answered = 0
    let goOn: (() => void) | undefined
    const { underWay } = spec
    const onCompletion = (_: unknown, error: unknown): void => {
      if (error !== undefined) throw error
      answered++
      if (goOn === undefined || sent - answered > underWay! / 2) return
      goOn()
      goOn = undefined
    }
    for (; sent < records; sent++) {
      producer.send({ topic, key: spec.keys ? keys[sent % 1_000]! : null, value: values[sent & 63]! }, onCompletion)
      if (underWay === undefined) {
        if (producer.writableNeedDrain) await producer.drain()
      } else if (sent - answered >= underWay) {
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
      }
    }
    await producer.flush()
    if (answered !== records) throw new Error(`${answered} of ${records} records were answered`)
    return undefined
  })
}
