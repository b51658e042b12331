import type { JournalEntry } from '@harrow/mock-broker/core'
import { metadata, produce, type RequestOf, splitBatches } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import type { LoggedRecord, ReceivedBatch, ReceivedRequest } from '../history.ts'
import { decodeBatch, SecondDecoderError } from './second-decoder.ts'

/** The part of a history that comes from the other side of the wire. */
export interface ClusterFacts {
  readonly log: readonly LoggedRecord[]
  readonly requests: readonly ReceivedRequest[]
  readonly batches: readonly ReceivedBatch[]
  readonly findings: readonly string[]
}

/** A request that reached a cluster, decoded. */
export type SeenRequest = Pick<
  JournalEntry,
  'api' | 'broker' | 'connection' | 'receivedAtMs' | 'answeredAtMs' | 'fault' | 'body'
> &
  Partial<Pick<JournalEntry, 'clientId'>>

/** A batch as a log holds it. */
export interface StoredBatch {
  readonly topic: string
  readonly partition: number
  readonly baseOffset: bigint
  readonly bytes: Uint8Array
}

/** What somebody saw of a cluster, as it came. */
export interface Observed {
  /** By topic id: newer requests name topics by id only. */
  readonly topicNames: ReadonlyMap<string, string>
  /** In order of arrival. */
  readonly requests: readonly SeenRequest[]
  /** Per partition in order of offset. */
  readonly stored: Iterable<StoredBatch>
  readonly findings: readonly string[]
}

/** What a cluster holds and has seen. `startMs` is when the run began, on the clock of the requests. */
export function clusterFacts({ topicNames, requests, stored, findings }: Observed, startMs: number): ClusterFacts {
  const reading = { topicNames, startMs }
  const { log, unreadable } = readLog(stored)
  return {
    log,
    requests: requests.map((request) => receivedRequest(request, reading)),
    batches: requests.flatMap((request, number) => receivedBatches(request, number, reading)),
    findings: [...findings, ...unreadable],
  }
}

/** The stored bytes, read by the second decoder. What it cannot read is a finding. */
function readLog(stored: Iterable<StoredBatch>): { log: LoggedRecord[]; unreadable: string[] } {
  const log: LoggedRecord[] = []
  const unreadable: string[] = []
  for (const { topic, partition, baseOffset, bytes } of inOrder(stored)) {
    try {
      for (const record of decodeBatch(bytes, { topic, partition }, nodeCodecs)) log.push(record)
    } catch (error) {
      if (!(error instanceof SecondDecoderError)) throw error
      unreadable.push(`the batch at ${topic}-${partition}@${baseOffset} cannot be read: ${error.message}`)
    }
  }
  return { log, unreadable }
}

function inOrder(stored: Iterable<StoredBatch>): StoredBatch[] {
  return [...stored].sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition))
}

interface Reading {
  readonly topicNames: ReadonlyMap<string, string>
  readonly startMs: number
}

function receivedRequest(entry: SeenRequest, reading: Reading): ReceivedRequest {
  const { api, broker, connection, clientId, receivedAtMs, answeredAtMs, fault } = entry
  return {
    api,
    broker,
    connection,
    clientId,
    receivedAtMs: receivedAtMs - reading.startMs,
    answeredAtMs: answeredAtMs === undefined ? undefined : answeredAtMs - reading.startMs,
    fault,
    partitions: partitionsOf(entry, reading),
  }
}

function partitionsOf({ api, body }: SeenRequest, reading: Reading): ReceivedRequest['partitions'] {
  if (api === produce.name) {
    return (body as RequestOf<typeof produce>).topicData.flatMap(({ name, topicId, partitionData }) =>
      partitionData.map(({ index }) => ({ topic: topicName({ name, topicId }, reading), partition: index })),
    )
  }
  if (api === metadata.name) {
    const topics = (body as RequestOf<typeof metadata>).topics ?? []
    return topics.map(({ name, topicId }) => ({ topic: topicName({ name, topicId }, reading), partition: -1 }))
  }
  return []
}

function receivedBatches(entry: SeenRequest, request: number, reading: Reading): ReceivedBatch[] {
  if (entry.api !== produce.name) return []
  const { broker, connection, clientId } = entry
  const atMs = entry.receivedAtMs - reading.startMs
  const found: ReceivedBatch[] = []
  for (const { name, topicId, partitionData } of (entry.body as RequestOf<typeof produce>).topicData) {
    for (const { index: partition, records } of partitionData) {
      if (records === null) continue
      const topic = topicName({ name, topicId }, reading)
      for (const batch of splitBatches(records).batches) {
        const { producerId, producerEpoch, baseSequence, recordCount, crc } = batch
        // One literal: spreading costs ten times as much, and there is one for every batch of every run.
        found.push({
          atMs,
          request,
          broker,
          connection,
          clientId,
          topic,
          partition,
          producerId,
          producerEpoch,
          baseSequence,
          recordCount,
          crc,
        })
      }
    }
  }
  return found
}

function topicName(topic: { readonly name: string | null; readonly topicId: string }, { topicNames }: Reading): string {
  return topic.name || (topicNames.get(topic.topicId) ?? topic.topicId)
}
