import { shownMs, type Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

const fencing = ['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH']

/**
 * FENCE: after a batch failed with PRODUCER_FENCED or INVALID_PRODUCER_EPOCH nothing more of its partition is sent with
 * that epoch; after an error that is fatal no Produce request is sent at all.
 */
export const fence: Law = {
  name: 'FENCE',
  insideOnly: needsTrace,
  statement: 'a producer that was fenced sends nothing more with that epoch',
  unbound: (history) => (history.producer.idempotent ? undefined : 'not idempotent: there is no epoch'),
  judge(history) {
    const violations: Violation[] = []
    const fenced = new Map<string, number>()
    let fatalAtMs: number | undefined
    for (const event of eventsOf(history, 'fatal', 'batch-failed', 'batch-drained', 'request-sent')) {
      const { details, atMs } = event
      if (event.event === 'fatal') fatalAtMs ??= atMs
      else if (event.event === 'request-sent') {
        if (fatalAtMs === undefined || details['api'] !== 'Produce') continue
        const message = `Produce was sent to broker ${details['node']} after a fatal error`
        violations.push({ law: 'FENCE', message, evidence: [`fatal at ${shownMs(fatalAtMs)}`], atMs })
      } else {
        const epoch = `${whereOf(event)} epoch ${details['epoch']}`
        if (event.event === 'batch-failed' && fencing.includes(String(details['because']))) fenced.set(epoch, atMs)
        const fencedAtMs = fenced.get(epoch)
        if (event.event !== 'batch-drained' || fencedAtMs === undefined) continue
        violations.push({
          law: 'FENCE',
          message: `a batch of ${epoch} was sent after a broker had fenced it`,
          evidence: [`fenced at ${shownMs(fencedAtMs)}`],
          atMs,
        })
      }
    }
    return violations
  },
}
