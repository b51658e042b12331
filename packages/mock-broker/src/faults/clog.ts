import type { FaultKind, Side } from './fault-kind.ts'

export interface ClogAction<Time = number> {
  readonly clog: Time | 'for-ever'
  readonly side?: Side
}

/** A pipe that is blocked one way and bursts afterwards: late answers come together, in one piece. */
export const clogFault: FaultKind<ClogAction> = {
  key: 'clog',
  family: 'request',
  doc: 'Lets nothing through the connection of the request for a while; then everything at once, in order. Requests that were read are handled meanwhile.',
  fields: [
    {
      key: 'clog',
      type: { is: 'any-of', types: [{ is: 'duration' }, { is: 'one-of', values: ['for-ever'] }] },
      doc: 'For how long. `for-ever`: until the connection ends or the rule is taken out.',
      required: true,
    },
    {
      key: 'side',
      type: { is: 'one-of', values: ['request', 'response', 'both'] },
      doc: 'Which way: requests, answers, or each of them.',
      default: 'response',
    },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { clog: '300ms' } },
    shows:
      'The first Produce and those behind it are applied as they come; their answers arrive together, 300 ms later.',
  },
  scope: 'request',
  stage: () => 'before',
  run(action, step) {
    const lift = step.connection().clog(action.side ?? 'response')
    step.during(action.clog === 'for-ever' ? undefined : action.clog, lift)
    step.next()
  },
}
