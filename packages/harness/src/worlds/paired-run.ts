import { unexplainedRecords } from '../checks/unexplained.ts'
import { historiesOf } from '../histories-of.ts'
import type { History } from '../history.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { type SimulationOptions, simulate } from './simulated.ts'

/**
 * The history, and which records fail in the same run without faults: what fails there too was too much load. The other
 * run happens only if something failed that the faults cannot explain by themselves.
 */
export function paired(history: History, scenario: ParsedScenario, options: SimulationOptions): History {
  const isExplained = historiesOf(history).every((one) => unexplainedRecords(one).length === 0)
  if (history.cutShort !== undefined || isExplained)
    return { ...history, withoutFaults: { failed: new Set(), latencyMsMax: 0 } }
  const without = simulate({ ...scenario, faults: [] }, options).history
  const failed = new Set<number>()
  let latencyMsMax = 0
  for (const [who, { sent }] of historiesOf(without).entries()) {
    // Which number a record has depends on when the others sent theirs; the which of its producer it is does not.
    const numbers = historiesOf(history)[who]!.sent.map(({ number }) => number)
    for (const [at, { submittedAtMs, settlements }] of sent.entries()) {
      const end = settlements[0]
      const number = numbers[at]
      if (end?.outcome === 'failed' && number !== undefined) failed.add(number)
      if (end !== undefined) latencyMsMax = Math.max(latencyMsMax, end.atMs - submittedAtMs)
    }
  }
  return { ...history, withoutFaults: { failed, latencyMsMax } }
}
