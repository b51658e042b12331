import { z } from 'zod'
import { shownMs, type Violation } from '../history.ts'
import { duration } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const percentiles = { p50: 0.5, p90: 0.9, p99: 0.99, max: 1 } as const

const limit = (share: string) => duration.optional().describe(`${share} are acknowledged within this time.`)

const schema = z
  .strictObject({
    p50: limit('Half of them'),
    p90: limit('Nine in ten'),
    p99: limit('99 in a hundred'),
    max: limit('All of them'),
  })
  .describe(
    'Time from the send call to the acknowledgement, of records that are acknowledged; over TCP plus what the machine lost.',
  )

/** `latency`: how soon records are acknowledged. Nearest-rank percentiles; failed records are the business of `outcomes`. */
export const latency: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const tookMs = history.sent
      .flatMap(({ settlements: [end], submittedAtMs }) =>
        end?.outcome === 'acknowledged' ? [end.atMs - submittedAtMs] : [],
      )
      .sort((a, b) => a - b)
    if (tookMs.length === 0) return [{ law: 'latency', message: 'no record was acknowledged', evidence: [] }]
    return Object.entries(percentiles).flatMap(([name, share]): Violation[] => {
      const limitMs = wanted[name as keyof typeof percentiles]
      const foundMs = tookMs[Math.ceil(share * tookMs.length) - 1]!
      if (limitMs === undefined || foundMs <= limitMs + history.timerSlackMs) return []
      const message = `${name} of ${tookMs.length} acknowledgements is ${shownMs(foundMs)}, expected at most ${shownMs(limitMs)}`
      return [{ law: 'latency', message, evidence: [] }]
    })
  },
}
