import type { Violation } from '../history.ts'
import type { Law } from './law.ts'

/**
 * FIRED: every fault of the scenario acted as often as it says: `times: 3` three times, anything else at least once.
 * A fault that did not act has tested nothing.
 */
export const fired: Law = {
  name: 'FIRED',
  scope: 'run',
  insideOnly: 'a client that sends other requests may not meet a fault: then the scenario is not applicable',
  statement: 'every fault of the scenario acted as often as it says',
  unbound: (history) => (history.isStrict ? 'a strict scenario is about the laws, not about its faults' : undefined),
  judge: (history) =>
    history.faults
      .filter((fault) => !fault.isConsumed)
      .map(
        (fault): Violation => ({
          law: 'FIRED',
          message: `the fault "${fault.name}" ${fault.hits === 0 ? 'never acted' : `acted only ${fault.hits} times`}`,
          evidence: fault.closest === undefined ? [] : [`closest: ${fault.closest}`],
        }),
      ),
}
