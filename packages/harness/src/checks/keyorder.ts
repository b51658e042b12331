import { partitionName, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { groupBy, sourceOf } from './logged.ts'
import { judgeOrder, orderUnbound } from './order.ts'

/**
 * KEYORDER: all records of one key that left the partition to the producer are in one partition, and in the order of
 * their `send` calls there. (Binds while the partition count is unchanged, which no scenario changes yet.)
 */
export const keyorder: Law = {
  name: 'KEYORDER',
  statement: 'records of one key are in one partition, in the order of their send calls',
  unbound: orderUnbound,
  judge(history) {
    const keyed = history.log.filter((entry) => {
      const record = sourceOf(history, entry)
      return record !== undefined && record.key !== null && record.partition === undefined
    })
    const keyOf = (topic: string, key: string | null | undefined): string => `${topic} ${key}`
    const groups = groupBy(keyed, (entry) => keyOf(entry.topic, sourceOf(history, entry)?.key))
    const violations: Violation[] = []
    for (const log of groups.values()) {
      const partitions = [...new Set(log.map(partitionName))]
      if (partitions.length > 1) {
        const key = sourceOf(history, log[0]!)?.key
        violations.push({
          law: 'KEYORDER',
          message: `key ${key} is in ${partitions.length} partitions: ${partitions.join(', ')}`,
          evidence: partitions.map((name) => {
            const first = log.find((entry) => partitionName(entry) === name)!
            return `${name}@${first.offset}: record ${sourceOf(history, first)?.number}`
          }),
        })
      } else {
        violations.push(...judgeOrder('KEYORDER', history, log))
      }
    }
    return violations
  },
}
