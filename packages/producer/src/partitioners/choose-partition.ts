import type { ParsedProducerConfig } from '../config.ts'
import { InvalidRecordError, type ProducerError } from '../errors.ts'
import type { Cluster } from '../metadata/cluster.ts'
import { partitionForKey } from './murmur2.ts'

export interface Unplaced {
  readonly topic: string
  /** As asked for by the caller, or as chosen before. */
  readonly partition: number | undefined
  readonly key: unknown
  readonly value: unknown
  readonly encoded: { readonly key: Uint8Array | null; readonly value: Uint8Array | null }
}

/**
 * As asked for, by the partitioner of the application, by the key, or undefined: left to the sticky partitioner, which
 * chooses when the record enters a batch (KafkaProducer.partition). Throws InvalidRecordError for what a partitioner of
 * the application does wrong.
 */
export function choosePartition(
  record: Unplaced,
  config: Pick<ParsedProducerConfig, 'partitionerClass' | 'partitionerIgnoreKeys'>,
  cluster: Cluster,
): number | undefined {
  if (record.partition !== undefined) return record.partition
  const { partitionerClass, partitionerIgnoreKeys } = config
  const { topic, key, value } = record
  const { key: keyBytes, value: valueBytes } = record.encoded
  const partitionCount = cluster.partitionCount(topic) ?? 1
  if (partitionerClass !== undefined) {
    const availablePartitions = cluster.availablePartitions(topic)
    let chosen: number
    try {
      chosen = partitionerClass.partition({
        topic,
        key,
        keyBytes,
        value,
        valueBytes,
        partitionCount,
        availablePartitions,
      })
    } catch (error) {
      throw partitionerFailure(topic, error)
    }
    // Differs from Java: an answer that is too large is refused, too, instead of waiting for a partition nobody asked for.
    if (!Number.isInteger(chosen) || chosen < 0 || chosen >= partitionCount) {
      throw new InvalidRecordError(`the partitioner chose ${chosen} of ${partitionCount} partitions of ${topic}`, {
        topic,
      })
    }
    return chosen
  }
  return keyBytes === null || partitionerIgnoreKeys ? undefined : partitionForKey(keyBytes, partitionCount)
}

function partitionerFailure(topic: string, cause: unknown): ProducerError {
  if (cause instanceof InvalidRecordError) return cause
  return new InvalidRecordError(`the partitioner failed for a record for ${topic}: ${String(cause)}`, { topic, cause })
}
