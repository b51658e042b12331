import type { Header } from '@harrow/protocol'
import type { StoredRecord } from '../stored-record.ts'

/** What became of a record, seen from the wire and the log together. */
export type DeliveryStatus =
  /** A client was told that it is in the log, and it is. */
  | 'acked-and-present'
  /** A client was told so, and it is not: the worst that can happen. */
  | 'acked-but-lost'
  /** A client was told so, and it was deleted since by retention or on request: below the log's start offset. */
  | 'acked-and-deleted'
  /** It is in the log and nobody was told, or nobody wanted to know (acks=0). */
  | 'present-but-unacked'
  | 'absent-and-unacked'

/** One time that a record came over the wire. */
export interface DeliveryAttempt {
  /** The request that brought it: `JournalEntry.id`. */
  readonly request: number
  readonly broker: number
  readonly connection: number
  readonly correlationId: number
  readonly receivedAtMs: number
  readonly answeredAtMs: number | undefined
  /** -1n if the producer was not idempotent. */
  readonly producerId: bigint
  readonly producerEpoch: number
  /** Of this very record; -1 if the producer was not idempotent. */
  readonly sequence: number
  /** What the answer that went out said: `none` if none did, `not-wanted` for acks=0. */
  readonly answer: 'acked' | 'error' | 'none' | 'not-wanted'
  /** Kafka's name of the error. */
  readonly error: string | undefined
  /** Where this attempt put it, or where the broker recognised it. */
  readonly offset: bigint | undefined
  readonly how: 'appended' | 'duplicate' | undefined
}

/** A record that a client wanted delivered, however often it sent it. */
export interface RecordDelivery {
  /** Ordinal of its first attempt among all records of the run, from 1. */
  readonly id: number
  readonly topic: string
  readonly partition: number
  readonly clientId: string | null
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
  readonly status: DeliveryStatus
  readonly attempts: readonly DeliveryAttempt[]
  /** Where it is in the log, ascending. More than one: it is there more than once. */
  readonly offsets: readonly bigint[]
  /** The requests that put it into the log, if it is there more than once. */
  readonly duplicatedBy: readonly number[]
  /** A record of the same producer that was first sent later and lies before this one: its `id`. */
  readonly overtakenBy: number | undefined
}

/** Which records; all that is given must hold. */
export interface DeliveryQuery {
  readonly topic?: string
  readonly partition?: number
  readonly clientId?: string
}

export interface DeliveryCounts {
  readonly records: number
  readonly ackedAndPresent: number
  readonly ackedButLost: number
  readonly ackedAndDeleted: number
  readonly presentButUnacked: number
  readonly absentAndUnacked: number
  readonly duplicated: number
  readonly reordered: number
  readonly phantoms: number
}

/** The cluster's testimony: what every client sent, what it was told, and what is in the log. */
export interface DeliveryReport {
  /** In the order in which they were first sent. */
  readonly records: readonly RecordDelivery[]
  /** In the log, and no request explains how they came there. */
  readonly phantoms: readonly StoredRecord[]
  /** Batches that could not be read, so nothing is known of their records. A broker refuses most of these too. */
  readonly unreadable: readonly { readonly request: number; readonly topic: string; readonly because: string }[]
  readonly counts: DeliveryCounts
}
