import { shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'

/**
 * ONCE: every record handed to the producer completes exactly once.
 *
 * A record that never completes is a promise that hangs; one that completes twice means that two parts of the producer
 * both thought they owned it (sarama #3692, librdkafka #1913).
 */
export const once: Law = {
  name: 'ONCE',
  statement: 'every record handed to the producer completes exactly once',
  judge: (history) =>
    history.sent.flatMap((record): Violation[] => {
      if (record.settlements.length === 1) return []
      const { number, topic, submittedAtMs, settlements } = record
      return [
        {
          law: 'ONCE',
          message: `record ${number} completed ${settlements.length === 0 ? 'never' : `${settlements.length} times`}`,
          evidence: [
            `handed over for ${topic} at ${shownMs(submittedAtMs)}`,
            ...settlements.map((end) => `${end.outcome} at ${shownMs(end.atMs)}`),
          ],
          atMs: settlements.at(-1)?.atMs ?? submittedAtMs,
        },
      ]
    }),
}
