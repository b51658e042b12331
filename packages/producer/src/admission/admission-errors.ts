import { batchHeaderBytes, type KafkaErrorRow, recordBytesUpperBound } from '@harrow/protocol'
import type { BufferPool } from '../accumulator/buffer-pool.ts'
import type { EncodedRecord } from '../accumulator/producer-batch.ts'
import type { ParsedProducerConfig } from '../config.ts'
import { BrokerError, BufferExhaustedError, RecordTooLargeError, TimeoutError } from '../errors.ts'
import type { Metadata } from '../metadata/metadata.ts'

/** What is known of a record that enters no batch. */
interface Refused {
  readonly topic: string
  readonly partition: number | undefined
  readonly encoded: EncodedRecord
}

type Limits = Pick<ParsedProducerConfig, 'maxBlockMs' | 'maxRequestSize' | 'bufferMemory'>

/** The uncompressed upper bound counts, even when compressing (as in Java). Undefined: it is small enough. */
export function tooLargeError(
  { topic, encoded }: Refused,
  { maxRequestSize, bufferMemory }: Limits,
): RecordTooLargeError | undefined {
  const { key, value, headers } = encoded
  const bytes = batchHeaderBytes + recordBytesUpperBound(key, value, headers)
  if (bytes > maxRequestSize) {
    return new RecordTooLargeError(
      `A record for ${topic} needs ${bytes} bytes; max.request.size is ${maxRequestSize}: raise it (and the limit of the broker) or send less`,
      { topic },
    )
  }
  if (bytes > bufferMemory) {
    return new RecordTooLargeError(
      `A record for ${topic} needs ${bytes} bytes; buffer.memory is ${bufferMemory}: raise it or send less`,
      { topic },
    )
  }
  return undefined
}

export function noMemoryError(
  send: Refused,
  { bytes, pool, config }: { readonly bytes: number; readonly pool: BufferPool; readonly config: Limits },
): BufferExhaustedError {
  const message =
    `No memory for a record for ${send.topic} within ${config.maxBlockMs} ms (max.block.ms): needs ${bytes} bytes, ` +
    `${pool.availableBytes} of ${pool.totalBytes} are free (buffer.memory); records come in faster than brokers take them`
  return new BufferExhaustedError(message, placeOf(send))
}

export function noSerializationError(send: Refused, { maxBlockMs }: Limits): TimeoutError {
  const message = `A record for ${send.topic} was not serialized within ${maxBlockMs} ms (max.block.ms); is the schema registry reachable?`
  return new TimeoutError('SERIALIZATION_TIMEOUT', message, placeOf(send))
}

export function noMetadataError(
  { topic, partition }: Pick<Refused, 'topic' | 'partition'>,
  metadata: Metadata,
  { maxBlockMs }: Limits,
): TimeoutError {
  const count = metadata.cluster.partitionCount(topic)
  const missing =
    count === undefined || partition === undefined ? '' : ` (partition ${partition}; the topic has ${count})`
  const last = metadata.errorOf(topic)
  const message = `Topic ${topic} not present in metadata after ${maxBlockMs} ms${missing}; does it exist, and are the brokers reachable?`
  const cause = last === undefined ? undefined : topicError(topic, last)
  return new TimeoutError('METADATA_TIMEOUT', message, { cause, ...placeOf({ topic, partition }) })
}

/** What the brokers say of a topic, instead of where it is. */
export function topicError(topic: string, row: KafkaErrorRow): BrokerError {
  return new BrokerError(row, `${topic}: ${row.name}: ${row.message}`, { topic })
}

function placeOf({ topic, partition }: Pick<Refused, 'topic' | 'partition'>): { topic: string; partition?: number } {
  return { topic, ...(partition === undefined ? {} : { partition }) }
}
