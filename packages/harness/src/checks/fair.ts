import { shownMs, type Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/**
 * FAIR: without faults, while a batch is ready (its linger is over) and nothing of its partition is on its way, no
 * other partition of the same broker is served more often than the broker has partitions with data. (KAFKA-10888; a walk
 * that always starts at the same partition starves the others as soon as requests are full. A batch that does not fit
 * may be passed over for smaller ones, but keeps its place, so it is soon first.)
 */
export const fair: Law = {
  name: 'FAIR',
  insideOnly: needsTrace,
  statement:
    'while a ready partition waits, no other of its broker is served more often than the broker has partitions',
  unbound: (history) => (history.faultHits.length > 0 ? 'faults make partitions wait' : undefined),
  judge(history) {
    const violations: Violation[] = []
    const partitions = new Map<string, Partition>()
    // Without faults no leader moves, so whoever has not been served yet waits for the one that will serve it.
    const nodes = new Map(eventsOf(history, 'batch-drained').map((one) => [whereOf(one), one.details['node']]))
    const of = (where: string): Partition => {
      const known = partitions.get(where) ?? { waiting: [], onTheWay: 0, node: nodes.get(where), passedBy: new Map() }
      partitions.set(where, known)
      return known
    }
    const kinds = [
      'batch-created',
      'batch-drained',
      'batch-completed',
      'batch-retried',
      'batch-failed',
      'batch-expired',
      'batch-split',
    ]
    for (const event of eventsOf(history, ...kinds)) {
      const where = whereOf(event)
      const one = of(where)
      if (event.event === 'batch-created') one.waiting.push(event.atMs)
      else if (event.event === 'batch-completed') {
        one.onTheWay--
        one.passedBy.clear()
      } else if (event.event !== 'batch-drained') return violations
      else {
        one.waiting.shift()
        one.onTheWay++
        one.passedBy.clear()
        for (const [name, other] of partitions) {
          if (other === one || other.node !== one.node || other.onTheWay > 0) continue
          const [createdMs] = other.waiting
          if (createdMs === undefined || createdMs + history.producer.lingerMs >= event.atMs) continue
          const times = new Set(other.passedBy.get(where)).add(event.atMs)
          other.passedBy.set(where, times)
          const ofBroker = [...partitions.values()].filter((any) => any.node === one.node).length
          if (times.size <= ofBroker) continue
          const message = `${name} waited while ${where}, of the same broker, was served ${times.size} times`
          const evidence = [`waiting since ${shownMs(createdMs)}`, `${where} at ${[...times].map(shownMs).join(', ')}`]
          violations.push({ law: 'FAIR', message, evidence, atMs: event.atMs })
        }
      }
    }
    return violations
  },
}

interface Partition {
  /** When its batches that wait were created. */
  readonly waiting: number[]
  onTheWay: number
  /** Its broker; undefined if it is never sent anything. */
  readonly node: unknown
  /** Times at which others were served while it was ready. */
  readonly passedBy: Map<string, ReadonlySet<number>>
}
