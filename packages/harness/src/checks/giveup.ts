import { type KafkaErrorName, kafkaErrors } from '@harrow/protocol'
import { type History, shownMs, type TraceEvent, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/** With new numbers a broker takes what it refused as out of order. */
const mendable = ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID']

/**
 * GIVEUP: a batch is given up when it must be, and only then. One that failed with an error that may pass (Kafka's
 * RetriableException; with idempotence also a sequence error) was sent 1 + retries times, or delivery.timeout.ms since its
 * creation are over; but after a sequence error nobody may know whether it is in the log, and then new numbers could write
 * it twice. One of several records that is certainly not in the log and too large is split, not failed. And none
 * is sent again after an error that does not pass, or more often than 1 + retries times.
 * Nor is an error that may pass the end of the producer.
 */
export const giveup: Law = {
  name: 'GIVEUP',
  statement:
    'a batch fails with an error that may pass only when retries or time are used up, and only such is sent again',
  judge(history) {
    const { retries, deliveryTimeoutMs } = history.producer
    const violations: Violation[] = []
    const created = new Map<unknown, number>()
    const sends = new Map<unknown, number>()
    const recent = new Map<string, unknown[]>()
    let isOver = false
    const violate = (event: TraceEvent, message: string, ...evidence: string[]): void => {
      violations.push({ law: 'GIVEUP', message, evidence, atMs: event.atMs })
    }
    const kinds = ['batch-created', 'batch-split', 'batch-drained', 'batch-retried', 'batch-expired', 'batch-failed']
    for (const event of eventsOf(history, ...kinds, 'fatal', 'closed')) {
      const { details, atMs } = event
      const { batch } = details
      const where = whereOf(event)
      const because = String(details['because'])
      if (event.event === 'batch-created') {
        created.set(batch, atMs)
        recent.set(where, [...(recent.get(where) ?? []), batch])
      } else if (event.event === 'batch-split') {
        // Its parts were made just now, and are as old as the whole.
        for (const part of (recent.get(where) ?? []).slice(-(details['parts'] as number)))
          created.set(part, created.get(batch) ?? atMs)
      } else if (event.event === 'batch-drained') {
        const times = (sends.get(batch) ?? 0) + 1
        sends.set(batch, times)
        if (times > retries + 1) violate(event, `a batch of ${where} was sent ${times} times, retries is ${retries}`)
      } else if (event.event === 'batch-retried') {
        if (!mayPass(because, history)) violate(event, `a batch of ${where} is sent again after ${because}`)
      } else if (event.event === 'batch-expired') {
        const ageMs = atMs - (created.get(batch) ?? Number.NEGATIVE_INFINITY)
        if (ageMs + history.timerSlackMs >= deliveryTimeoutMs) continue
        violate(event, `a batch of ${where} expired after ${shownMs(ageMs)}, of ${shownMs(deliveryTimeoutMs)}`)
      } else if (event.event !== 'batch-failed') {
        isOver = true
        if (event.event === 'fatal' && mayPass(because, history))
          violate(event, `the producer gave up for good after ${because}, which may pass`)
      }
      if (event.event === 'batch-failed' && !isOver) {
        const ageMs = atMs - (created.get(batch) ?? 0)
        const isExpired = ageMs + history.timerSlackMs >= deliveryTimeoutMs
        const times = sends.get(batch) ?? 0
        const shown = `${times} of ${retries + 1} times sent, ${shownMs(ageMs)} of ${shownMs(deliveryTimeoutMs)} over`
        const { records, certainty } = details
        const isInDoubt = mendable.includes(because) && certainty === 'maybe'
        if (!isExpired && times <= retries && !isInDoubt && mayPass(because, history))
          violate(event, `a batch of ${where} was given up after ${because}, which may pass`, shown)
        if (!isExpired && because === 'MESSAGE_TOO_LARGE' && (records as number) > 1 && certainty === 'definite')
          violate(event, `a batch of ${where} with ${records} records was too large, and was not split`, shown)
      }
    }
    return violations
  },
}

function mayPass(error: string, { producer }: History): boolean {
  if (mendable.includes(error)) return producer.idempotent
  return kafkaErrors[error as KafkaErrorName]?.retriable === true
}
