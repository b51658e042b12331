import { type LoggedRecord, partitionName, type SentRecord, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { sourcesOf } from './logged.ts'
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
    const groups = new Map<string, KeyedLog>()
    const sources = sourcesOf(history)
    for (const [i, entry] of history.log.entries()) {
      const record = sources[i]
      if (record === undefined || record.key === null || record.partition !== undefined) continue
      const name = `${entry.topic} ${record.key}`
      const group = groups.get(name)
      if (group === undefined) groups.set(name, { entries: [entry], sources: [record] })
      else {
        group.entries.push(entry)
        group.sources.push(record)
      }
    }
    const violations: Violation[] = []
    for (const { entries, sources } of groups.values()) {
      const [first] = entries
      if (entries.every(({ partition }) => partition === first!.partition)) {
        violations.push(...judgeOrder('KEYORDER', entries, sources))
        continue
      }
      const partitions = [...new Set(entries.map(partitionName))]
      violations.push({
        law: 'KEYORDER',
        message: `key ${sources[0]!.key} is in ${partitions.length} partitions: ${partitions.join(', ')}`,
        evidence: partitions.map((name) => {
          const at = entries.findIndex((entry) => partitionName(entry) === name)
          return `${name}@${entries[at]!.offset}: record ${sources[at]!.number}`
        }),
      })
    }
    return violations
  },
}

/** The entries of one key, and beside each the record that it came from. */
interface KeyedLog {
  readonly entries: LoggedRecord[]
  readonly sources: SentRecord[]
}
