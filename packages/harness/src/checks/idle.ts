import { shownMs } from '../history.ts'
import type { Law } from './law.ts'

const stepsBase = 1_000
const stepsPerRecord = 20

/**
 * IDLE: no more than 1000 events for each producer, and 20 more per record, happen without time passing, the arrival of bytes not counted:
 * a network may cut them as small as it likes. Whoever needs more spins: a
 * deadline that never moves forward (KAFKA-7311), a wake-up that wakes itself.
 */
export const idle: Law = {
  name: 'IDLE',
  scope: 'run',
  insideOnly: 'only virtual time can stand still',
  statement: 'no more than 1000 events for each producer, and 20 per record, happen without time passing',
  judge({ busiest, sent, producers = [] }) {
    const limit = stepsBase * Math.max(1, producers.length) + stepsPerRecord * sent.length
    if (busiest === undefined || busiest.steps <= limit) return []
    const message = `${busiest.steps} events without time passing, ${limit} are allowed`
    return [{ law: 'IDLE', message, evidence: [`at ${shownMs(busiest.atMs)}`], atMs: busiest.atMs }]
  },
}
