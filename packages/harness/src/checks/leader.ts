import type { Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

/**
 * LEADER: for each partition the leader epochs that a producer goes by never decrease, and under one epoch there is one
 * leader. Answers overtake each other, and brokers lag behind: what is older is no news (KAFKA-9212, KIP-951).
 *
 * Does not bind where answers tell no epoch (Metadata before version 9). A topic that was deleted and made again has another
 * id, and epochs of its own: which of two ids is the later one nobody can tell, and a broker that lags behind goes on telling
 * the first (seed 20026022). Where no ids are told it starts anew, once: an answer from before may come after it was deleted
 * (seed 501379).
 */
export const leader: Law = {
  name: 'LEADER',
  insideOnly: needsTrace,
  statement: 'what is known of the leader of a partition is never replaced by what is older',
  judge(history) {
    const violations: Violation[] = []
    const known = new Map<string, { readonly leader: number; readonly epoch: number }>()
    /** How often each topic was deleted, and how often each partition has started anew. */
    const deletions = new Map<unknown, number>()
    const starts = new Map<string, number>()
    for (const event of eventsOf(history, 'leader-changed', 'topic-deleted')) {
      const { atMs, details, source } = event
      const { topic } = details
      if (event.event === 'topic-deleted') deletions.set(topic, (deletions.get(topic) ?? 0) + 1)
      if (source !== 'producer') continue
      const { leader, epoch } = details as { readonly leader: number; readonly epoch: number }
      if (epoch < 0) continue
      const where = whereOf(event)
      const ofOneTopic = `${where} ${details['topicId']}`
      const before = known.get(ofOneTopic)
      known.set(ofOneTopic, { leader, epoch })
      const isOlder = before !== undefined && epoch < before.epoch
      if (before === undefined || (!isOlder && (epoch > before.epoch || leader === before.leader))) continue
      const started = starts.get(where) ?? 0
      starts.set(where, started + 1)
      if (started < (deletions.get(topic) ?? 0)) continue
      const message = `broker ${leader} was taken for the leader of ${where} in epoch ${epoch}, after ${before.leader} in epoch ${before.epoch}`
      violations.push({ law: 'LEADER', message, evidence: [], atMs })
    }
    return violations
  },
}
