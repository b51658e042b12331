import { shownMs, type Violation } from '../history.ts'
import { type Law, needsTrace } from './law.ts'
import { eventsOf, whereOf } from './trace-index.ts'

const fencing = ['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH']
/** After these nothing that an idempotent producer sends can succeed (java-producer: maybeTransitionToErrorState). */
const shuttingOut = ['PRODUCER_FENCED', 'CLUSTER_AUTHORIZATION_FAILED', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED']

/**
 * FENCE: after a batch failed with PRODUCER_FENCED or INVALID_PRODUCER_EPOCH no further batch of its partition is sent for
 * the first time with that epoch; after an error that is fatal, or that shuts the producer out, no Produce request is sent
 * at all. (Refused a producer id, it may ask again: no batch had a number.)
 *
 * A batch that was sent before may be in the log under its old numbers. Sending it again under these is the only question
 * that a broker answers without writing it twice, so it is lawful. And an epoch under which a broker takes batches
 * afterwards was not fenced.
 */
export const fence: Law = {
  name: 'FENCE',
  insideOnly: needsTrace,
  statement: 'a producer that was fenced sends nothing new with that epoch',
  unbound: (history) => (history.producer.idempotent ? undefined : 'not idempotent: there is no epoch'),
  judge(history) {
    const violations: Violation[] = []
    const fenced = new Map<string, number>()
    let fatalAtMs: number | undefined
    for (const event of eventsOf(
      history,
      'fatal',
      'batch-failed',
      'batch-drained',
      'batch-completed',
      'request-sent',
    )) {
      const { details, atMs } = event
      const isShutOut =
        event.event === 'batch-failed' && details['sequence'] !== -1 && shuttingOut.includes(String(details['because']))
      if (event.event === 'fatal' || isShutOut) fatalAtMs ??= atMs
      if (event.event === 'fatal') continue
      if (event.event === 'request-sent') {
        if (fatalAtMs === undefined || details['api'] !== 'Produce') continue
        const message = `Produce was sent to broker ${details['node']} after a fatal error`
        violations.push({ law: 'FENCE', message, evidence: [`fatal at ${shownMs(fatalAtMs)}`], atMs })
      } else {
        const epoch = `${whereOf(event)} epoch ${details['epoch']}`
        if (event.event === 'batch-failed' && fencing.includes(String(details['because']))) fenced.set(epoch, atMs)
        if (event.event === 'batch-completed') fenced.delete(epoch)
        const fencedAtMs = fenced.get(epoch)
        if (event.event !== 'batch-drained' || details['attempt'] !== 0 || fencedAtMs === undefined) continue
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
