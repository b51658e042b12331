import { z } from 'zod'
import { sourceOf } from '../checks/logged.ts'
import type { LoggedRecord, Violation } from '../history.ts'
import { count, outside } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .strictObject({
    topic: z.string().min(1).describe('Topic to look into.'),
    partition: z.int().min(0).optional().describe('Only this partition. Without it all of the topic.'),
    records: count.optional().describe('How many records are there.'),
    keys: count.optional().describe('How many distinct keys they have; records without a key do not count.'),
    partitions: count.optional().describe('How many partitions hold at least one record.'),
    'key-partitions': count
      .optional()
      .describe(
        'How many pairs of a key and a partition there are: as many as keys, if each key is in one partition only.',
      ),
    epochs: count.optional().describe('How many producer ids and epochs wrote them: 1 if no epoch was ever bumped.'),
  })
  .describe('What is in the log in the end, read by a decoder of its own.')

const counts = ['records', 'keys', 'partitions', 'key-partitions', 'epochs'] as const

/** `log`: what the brokers hold in the end. That it is what was sent is PHANTOM; this is about where and how much. */
export const log: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const { topic, partition } = wanted
    const entries = history.log.filter(
      (entry) =>
        entry.topic === topic &&
        (partition === undefined || entry.partition === partition) &&
        // What another producer wrote is none of this one's.
        (history.of === undefined || sourceOf(history, entry) !== undefined),
    )
    const found = countsOf(entries)
    const where = partition === undefined ? topic : `${topic}-${partition}`
    return counts.flatMap((what): Violation[] => {
      const range = wanted[what]
      const missed = range === undefined ? undefined : outside(found[what], range)
      if (missed === undefined) return []
      const evidence = counts.map((name) => `${name}: ${found[name]}`)
      return [{ law: 'log', message: `${where} holds ${found[what]} ${what}, expected ${missed}`, evidence }]
    })
  },
}

function countsOf(entries: readonly LoggedRecord[]): Record<(typeof counts)[number], number> {
  const distinct = (of: (entry: LoggedRecord) => unknown): number =>
    new Set(entries.map(of).filter((one) => one !== undefined)).size
  return {
    records: entries.length,
    keys: distinct(({ key }) => (key === null ? undefined : key.join())),
    partitions: distinct(({ partition }) => partition),
    'key-partitions': distinct(({ key, partition }) => (key === null ? undefined : `${key.join()} ${partition}`)),
    epochs: distinct(({ producerId, producerEpoch }) => `${producerId}/${producerEpoch}`),
  }
}
