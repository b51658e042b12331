import { Writable } from 'node:stream'
import type { ProducerError } from '../errors.ts'
import type { ProducerCore } from '../producer-core.ts'
import type { OnCompletion, ProducerRecord } from '../record.ts'

type Send = (record: ProducerRecord<unknown, unknown>, onCompletion: OnCompletion) => unknown

/** Records in, object mode; see `Producer.writable`. */
export function recordWritable(core: ProducerCore, send: Send): Writable {
  let pending = 0
  let whenSettled: (() => void) | undefined
  let failure: ProducerError | undefined
  const onCompletion: OnCompletion = (_, error) => {
    pending--
    if (error !== undefined && failure === undefined) {
      failure = error
      stream.destroy(error)
    }
    if (pending === 0) whenSettled?.()
  }
  const stream: Writable = new Writable({
    objectMode: true,
    write(record: ProducerRecord<unknown, unknown>, _encoding, callback) {
      try {
        send(record, onCompletion)
        pending++
      } catch (error) {
        callback(error as Error)
        return
      }
      if (core.needsDrain) core.onDrain(() => callback())
      else callback()
    },
    final(callback) {
      whenSettled = () => callback(failure)
      if (pending === 0) whenSettled()
      // The last records do not linger.
      else if (!core.isClosed) core.flush(() => {})
    },
  })
  return stream
}
