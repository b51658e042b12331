import { type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import {
  BrokerError,
  type Certainty,
  ProducerError,
  type ProducerErrorOptions,
  RecordTooLargeError,
  UnsupportedVersionError,
} from '../errors.ts'
import type { PartitionAnswer } from './produce-request.ts'

/** What the caller can do about it, where that is known. */
const advice: Partial<Record<KafkaErrorRow['name'], string>> = {
  CLUSTER_AUTHORIZATION_FAILED: 'grant IdempotentWrite on the cluster, or set enable.idempotence to false',
  INVALID_TOPIC_EXCEPTION: 'check the name of the topic',
  MESSAGE_TOO_LARGE: 'raise message.max.bytes of the broker or max.message.bytes of the topic, or send less',
  NETWORK_EXCEPTION: 'check that the broker is up and reachable',
  NOT_ENOUGH_REPLICAS: 'bring replicas back, or lower min.insync.replicas',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'bring replicas back, or lower min.insync.replicas',
  REQUEST_TIMED_OUT: 'the broker or its followers are slow; raise request.timeout.ms or retries',
  TOPIC_AUTHORIZATION_FAILED: 'grant Write on the topic',
  UNKNOWN_TOPIC_OR_PARTITION: 'check that the topic still exists',
}

/** One error per record of a batch that failed for `row`. */
export function errorsOf(
  batch: ProducerBatch,
  row: KafkaErrorRow,
  options: {
    readonly certainty: Certainty
    readonly answer?: PartitionAnswer | undefined
    readonly because?: string | undefined
  },
): (index: number) => ProducerError {
  const { certainty, answer } = options
  const where = { certainty, topic: batch.topic, partition: batch.partition, attempts: batch.attempts + 1 }
  const said = answer?.errorMessage ?? options.because ?? row.message
  const recordErrors = answer?.recordErrors ?? []
  if (recordErrors.length === 0) {
    const error = brokerError(row, explain(batch, row, said), where)
    return () => error
  }
  // KIP-467: the broker says which records it refused. One of them carries the error of the batch; several are invalid each.
  const rowOfRecords = recordErrors.length === 1 ? row : kafkaErrors.INVALID_RECORD
  const messages = new Map(
    recordErrors.map(({ batchIndex, batchIndexErrorMessage }) => [batchIndex, batchIndexErrorMessage]),
  )
  return (index) => {
    if (messages.has(index))
      return brokerError(rowOfRecords, explain(batch, rowOfRecords, messages.get(index) ?? said), where)
    const message = `${batch.where}: not written, because it shared a batch with invalid records`
    return new ProducerError('SHARED_BATCH_WITH_INVALID_RECORD', message, where)
  }
}

/** The error of everything that is given up because of a refusal that was not about it. */
export function refusalOf(row: KafkaErrorRow, options: ProducerErrorOptions = {}): ProducerError {
  const hint = advice[row.name]
  return brokerError(row, `${row.name}: ${row.message}${hint === undefined ? '' : ` (${hint})`}`, options)
}

function brokerError(row: KafkaErrorRow, message: string, options: ProducerErrorOptions): ProducerError {
  if (row.name === 'MESSAGE_TOO_LARGE') return new RecordTooLargeError(message, options)
  if (row.name === 'UNSUPPORTED_VERSION') return new UnsupportedVersionError(message, options)
  return new BrokerError(row, message, options)
}

function explain(batch: ProducerBatch, row: KafkaErrorRow, said: string): string {
  const sends = batch.attempts + 1
  const hint = advice[row.name]
  const times = sends === 1 ? '1 attempt' : `${sends} attempts`
  return `${batch.where}: ${row.name} after ${times}: ${said.replace(/\.$/, '')}${hint === undefined ? '' : ` (${hint})`}`
}
