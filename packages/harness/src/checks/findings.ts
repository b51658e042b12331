import type { Violation } from '../history.ts'
import type { Law } from './law.ts'

/** FINDINGS: the cluster saw nothing that a broker would log as an error: no malformed frame, no unknown API. */
export const findings: Law = {
  name: 'FINDINGS',
  statement: 'the cluster received nothing malformed or unknown',
  judge: (history) => history.findings.map((message): Violation => ({ law: 'FINDINGS', message, evidence: [] })),
}
