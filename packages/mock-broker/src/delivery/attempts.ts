import {
  type CompressionCodecs,
  DecodeError,
  errorByCode,
  type Header,
  isCrcValid,
  kafkaErrors,
  type produce,
  type RequestOf,
  type ResponseOf,
  readRecords,
  splitBatches,
} from '@harrow/protocol'
import type { JournalEntry } from '../journal.ts'
import { sequenceAfter } from '../log/producer-state.ts'
import type { DeliveryAttempt } from './record-delivery.ts'

/** A record as a Produce request brought it. */
export interface SentRecord {
  readonly topic: string
  readonly partition: number
  readonly clientId: string | null
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
  readonly attempt: DeliveryAttempt
}

export interface UnreadableBatch {
  readonly request: number
  readonly topic: string
  readonly because: string
}

/** Every record of a Produce request, with what was answered for it and what became of it. */
export function sentRecords(
  entry: JournalEntry,
  world: { readonly codecs: CompressionCodecs; readonly topicNames: ReadonlyMap<string, string> },
): { readonly records: SentRecord[]; readonly unreadable: UnreadableBatch[] } {
  const records: SentRecord[] = []
  const unreadable: UnreadableBatch[] = []
  const { acks, topicData } = entry.body as RequestOf<typeof produce>
  const answer = entry.answer as ResponseOf<typeof produce> | undefined
  for (const { name, topicId, partitionData } of topicData) {
    const topic = name || (world.topicNames.get(topicId) ?? topicId)
    for (const { index: partition, records: bytes } of partitionData) {
      if (bytes === null) continue
      const told = answerFor(answer, { name, topicId, partition, acks })
      const written = entry.batches.find((batch) => batch.topic === topic && batch.partition === partition)
      try {
        let position = 0
        const { batches, trailingBytes } = splitBatches(bytes)
        if (trailingBytes > 0) throw new DecodeError('records', `${trailingBytes} bytes are no whole batch`)
        for (const batch of batches) {
          if (!isCrcValid(batch)) throw new DecodeError('records', 'the checksum does not fit the batch')
          const { producerId, producerEpoch, baseSequence } = batch
          for (const { key, value, headers } of readRecords(batch, world.codecs, { offsetDeltas: 'any' })) {
            const attempt: DeliveryAttempt = {
              request: entry.id,
              broker: entry.broker,
              connection: entry.connection,
              correlationId: entry.correlationId,
              receivedAtMs: entry.receivedAtMs,
              answeredAtMs: entry.answeredAtMs,
              producerId,
              producerEpoch,
              sequence: producerId < 0n ? -1 : sequenceAfter(baseSequence, position),
              ...told,
              offset: written && written.baseOffset + BigInt(position),
              how: written?.how,
            }
            records.push({ topic, partition, clientId: entry.clientId, key, value, headers, attempt })
            position++
          }
        }
      } catch (error) {
        unreadable.push({ request: entry.id, topic, because: error instanceof Error ? error.message : String(error) })
      }
    }
  }
  return { records, unreadable }
}

/** A client takes this error for success: the batch is there, only its offset is no longer known. */
const alreadyThere = kafkaErrors.DUPLICATE_SEQUENCE_NUMBER.code

function answerFor(
  answer: ResponseOf<typeof produce> | undefined,
  asked: { readonly name: string; readonly topicId: string; readonly partition: number; readonly acks: number },
): Pick<DeliveryAttempt, 'answer' | 'error'> {
  if (asked.acks === 0) return { answer: 'not-wanted', error: undefined }
  const said = answer?.responses
    .find(({ name, topicId }) => (asked.name === '' ? topicId === asked.topicId : name === asked.name))
    ?.partitionResponses.find(({ index }) => index === asked.partition)
  if (said === undefined) return { answer: 'none', error: undefined }
  if (said.errorCode === 0 || said.errorCode === alreadyThere) return { answer: 'acked', error: undefined }
  return { answer: 'error', error: errorByCode(said.errorCode).name }
}
