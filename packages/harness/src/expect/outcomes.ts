import { z } from 'zod'
import type { Violation } from '../history.ts'
import { count, outside } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const kinds = ['acknowledged', 'definite', 'maybe'] as const

const schema = z
  .strictObject({
    acknowledged: count.optional().describe('Records that the producer reported as written.'),
    definite: count.optional().describe('Records that failed and are surely not in the log.'),
    maybe: count.optional().describe('Records that failed and may be in the log.'),
  })
  .describe('How many records end in which way, as the producer tells it.')

/** `outcomes`: how records end. A timeout before anything was sent is `definite`, one with a request open is `maybe`. */
export const outcomes: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const found = { acknowledged: 0, definite: 0, maybe: 0 }
    for (const { settlements } of history.sent) {
      const end = settlements[0]
      if (end !== undefined) found[end.outcome === 'failed' ? end.certainty : 'acknowledged']++
    }
    return kinds.flatMap((kind): Violation[] => {
      const range = wanted[kind]
      const missed = range === undefined ? undefined : outside(found[kind], range)
      if (missed === undefined) return []
      const words = kind === 'acknowledged' ? 'were acknowledged' : `failed with certainty "${kind}"`
      const evidence = kinds.map((one) => `${one}: ${found[one]}`)
      return [{ law: 'outcomes', message: `${found[kind]} records ${words}, expected ${missed}`, evidence }]
    })
  },
}
