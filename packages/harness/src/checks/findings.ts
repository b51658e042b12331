import type { Violation } from '../history.ts'
import type { Law } from './law.ts'

/** What the cluster says of a rule that asks for something it cannot do, such as a leader where nobody lives. */
const impossibleFault = /^unsupported at broker \d+: (a fault|fault ".*") could not act/

/**
 * FINDINGS: the cluster saw nothing that a broker would log as an error: no malformed frame, no unknown API. In a strict
 * scenario a fault need not act, so one that cannot is no finding there.
 */
export const findings: Law = {
  name: 'FINDINGS',
  scope: 'run',
  statement: 'the cluster received nothing malformed or unknown',
  judge: (history) =>
    history.findings
      .filter((message) => !(history.isStrict && impossibleFault.test(message)))
      .map((message): Violation => ({ law: 'FINDINGS', message, evidence: [] })),
}
