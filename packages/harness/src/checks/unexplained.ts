import { type History, shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'

/** Time that a record needs besides its waits; a budget is not used up to the last millisecond. */
const budgetShare = 0.5

/**
 * UNEXPLAINED: a record that runs out of time (delivery.timeout.ms, max.block.ms) fails without faults too (then it was
 * too much load), or the faults that had acted before its end may together have cost at least half of its time, less the
 * longest that a record takes without faults. A record that fails with a broker's error needs some fault that had acted
 * before, or fails without faults too.
 *
 * The paired run without faults is what makes it exact: no guess about overload is needed.
 */
export const unexplained: Law = {
  name: 'UNEXPLAINED',
  statement: 'a record fails only because of a fault, or if it fails without faults too',
  unbound: (history) => (history.withoutFaults === undefined ? 'no run without faults to compare with' : undefined),
  judge(history) {
    const { failed, latencyMsMax } = history.withoutFaults!
    return unexplainedRecords(history)
      .filter(
        ({ number, neededMs, impactMs }) =>
          !failed.has(number) && !(neededMs > 0 && impactMs + latencyMsMax >= neededMs),
      )
      .map(({ number, error, atMs, neededMs, impactMs }): Violation => {
        const message = `record ${number} failed with ${error}, and nothing explains it`
        const evidence = [
          `faults until then could last ${shownMs(impactMs)}, without faults the slowest record takes ${shownMs(latencyMsMax)}, to explain it takes ${shownMs(neededMs)}`,
        ]
        return { law: 'UNEXPLAINED', message, evidence, atMs }
      })
  },
}

interface Unexplained {
  readonly number: number
  readonly error: string
  readonly atMs: number
  readonly neededMs: number
  readonly impactMs: number
}

const timeouts: Readonly<Record<string, 'deliveryTimeoutMs' | 'blockMsMax'>> = {
  DELIVERY_TIMEOUT: 'deliveryTimeoutMs',
  METADATA_TIMEOUT: 'blockMsMax',
  BUFFER_EXHAUSTED: 'blockMsMax',
}
/** The caller's own doing. */
const deliberate = ['PRODUCER_CLOSED', 'RECORD_TOO_LARGE']

/** Records whose failure the faults cannot explain. Only if there are any is the run without faults needed. */
export function unexplainedRecords(history: History): Unexplained[] {
  const found: Unexplained[] = []
  for (const { number, settlements } of history.sent) {
    const end = settlements[0]
    if (end?.outcome !== 'failed' || deliberate.includes(end.error)) continue
    const before = history.faultHits.filter((hit) => hit.atMs <= end.atMs)
    const impactMs = before.reduce((sum, hit) => sum + hit.impactMs, 0)
    const timeout = timeouts[end.error]
    const neededMs = timeout === undefined ? 0 : history.producer[timeout] * budgetShare
    if (before.length > 0 && impactMs >= neededMs) continue
    found.push({ number, error: end.error, atMs: end.atMs, neededMs, impactMs })
  }
  return found
}
