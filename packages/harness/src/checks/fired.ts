import type { Violation } from '../history.ts'
import type { Law } from './law.ts'

/** FIRED: every fault of the scenario acted at least once. A fault that did not act has tested nothing. */
export const fired: Law = {
  name: 'FIRED',
  statement: 'every fault of the scenario acted at least once',
  judge: (history) =>
    history.faults
      .filter((fault) => fault.hits === 0)
      .map(
        (fault): Violation => ({
          law: 'FIRED',
          message: `the fault "${fault.name}" never acted`,
          evidence: fault.closest === undefined ? [] : [`closest: ${fault.closest}`],
        }),
      ),
}
