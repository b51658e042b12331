import type { ClusterCore, JournalEntry } from '@harrow/mock-broker/core'
import { metadata, produce, type RequestOf, splitBatches } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import type { FaultReport, LoggedRecord, ReceivedBatch, ReceivedRequest } from '../history.ts'
import { decodeBatch, SecondDecoderError } from './second-decoder.ts'

/** The part of a history that comes from the other side of the wire. */
export interface ClusterFacts {
  readonly log: readonly LoggedRecord[]
  readonly requests: readonly ReceivedRequest[]
  readonly batches: readonly ReceivedBatch[]
  readonly findings: readonly string[]
}

/** What the cluster holds and has seen. `startMs` is when the run began, on the cluster's clock. */
export function clusterFacts(cluster: ClusterCore, startMs: number): ClusterFacts {
  const { log, unreadable } = readLog(cluster)
  const topicNames = new Map(cluster.topics.map(({ id, name }) => [id, name]))
  const entries = [...cluster.requests]
  return {
    log,
    requests: entries.map((entry) => receivedRequest(entry, { topicNames, startMs })),
    batches: entries.flatMap((entry, request) => receivedBatches(entry, request, { topicNames, startMs })),
    findings: [
      ...cluster.findings.map(({ kind, broker, message }) => `${kind} at broker ${broker}: ${message}`),
      ...unreadable,
      // Whatever counts requests would count too few.
      ...(cluster.requests.dropped > 0
        ? [`the journal is too small: ${cluster.requests.dropped} requests are missing`]
        : []),
    ],
  }
}

/** How every rule has fared: to be asked before the rules are taken out. */
export function faultReports(cluster: ClusterCore): FaultReport[] {
  return cluster.faults().map(({ name, hits, isConsumed, closest }) => ({ name, hits, isConsumed, closest }))
}

/** The stored bytes, read by the second decoder. What it cannot read is a finding. */
function readLog(cluster: ClusterCore): { log: LoggedRecord[]; unreadable: string[] } {
  const log: LoggedRecord[] = []
  const unreadable: string[] = []
  const topics = cluster.topics.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  for (const { name: topic, partitions } of topics) {
    for (let partition = 0; partition < partitions; partition++) {
      for (const { bytes, baseOffset } of cluster.batches(topic, partition)) {
        try {
          for (const record of decodeBatch(bytes, { topic, partition }, nodeCodecs)) log.push(record)
        } catch (error) {
          if (!(error instanceof SecondDecoderError)) throw error
          unreadable.push(`the batch at ${topic}-${partition}@${baseOffset} cannot be read: ${error.message}`)
        }
      }
    }
  }
  return { log, unreadable }
}

interface Reading {
  /** By topic id: newer requests name topics by id only. */
  readonly topicNames: ReadonlyMap<string, string>
  readonly startMs: number
}

function receivedRequest(entry: JournalEntry, reading: Reading): ReceivedRequest {
  const { api, broker, connection, receivedAtMs, answeredAtMs, fault } = entry
  return {
    api,
    broker,
    connection,
    receivedAtMs: receivedAtMs - reading.startMs,
    answeredAtMs: answeredAtMs === undefined ? undefined : answeredAtMs - reading.startMs,
    fault,
    partitions: partitionsOf(entry, reading),
  }
}

function partitionsOf({ api, body }: JournalEntry, reading: Reading): ReceivedRequest['partitions'] {
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

function receivedBatches(entry: JournalEntry, request: number, reading: Reading): ReceivedBatch[] {
  if (entry.api !== produce.name) return []
  const { broker, connection } = entry
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
