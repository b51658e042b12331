import { unexplainedRecords } from '../checks/unexplained.ts'
import type { History } from '../history.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { type SimulationOptions, simulate } from './simulated.ts'

/**
 * The history, and which records fail in the same run without faults: what fails there too was too much load. The other
 * run happens only if something failed that the faults cannot explain by themselves.
 */
export function paired(history: History, scenario: ParsedScenario, options: SimulationOptions): History {
  if (history.cutShort !== undefined || unexplainedRecords(history).length === 0)
    return { ...history, withoutFaults: { failed: new Set(), latencyMsMax: 0 } }
  const { sent } = simulate({ ...scenario, faults: [] }, options).history
  const failed = new Set<number>()
  let latencyMsMax = 0
  for (const { number, submittedAtMs, settlements } of sent) {
    const end = settlements[0]
    if (end?.outcome === 'failed') failed.add(number)
    if (end !== undefined) latencyMsMax = Math.max(latencyMsMax, end.atMs - submittedAtMs)
  }
  return { ...history, withoutFaults: { failed, latencyMsMax } }
}
