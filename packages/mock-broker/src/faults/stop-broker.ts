import type { FaultKind } from './fault-kind.ts'

export interface StopBrokerAction {
  readonly 'stop-broker': number | 'leader'
  readonly for?: number
  readonly how?: 'fin' | 'reset'
}

/** Takes a broker away: nobody listens, its connections end, other replicas in sync lead at once. */
export const stopBrokerFault: FaultKind<StopBrokerAction> = {
  key: 'stop-broker',
  doc: 'Stops a broker. If it is the one that has the request, the request is not applied and its connection ends with the others.',
  fields: [
    {
      key: 'stop-broker',
      type: {
        is: 'any-of',
        types: [
          { is: 'integer', min: 0, max: 2 ** 31 - 1 },
          { is: 'one-of', values: ['leader'] },
        ],
      },
      doc: 'Node id, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
    { key: 'for', type: { is: 'duration' }, doc: 'Starts it again after this time. Without it, it stays down.' },
    {
      key: 'how',
      type: { is: 'one-of', values: ['fin', 'reset'] },
      doc: '`fin`: as on shutdown. `reset`: as if it was killed.',
      default: 'fin',
    },
  ],
  scope: 'cluster',
  stage: () => 'before',
  check(action, rule, path) {
    if (action['stop-broker'] !== 'leader' || !rule.isTimed) return []
    return [
      {
        path: [...path, 'stop-broker'],
        message: 'a rule with `at` has no request to take a leader from: name a broker',
      },
    ]
  },
  run(action, step) {
    const wanted = action['stop-broker']
    const { target, control } = step
    const id = wanted === 'leader' ? target && control.leaderOf(target.topic, target.partition) : wanted
    if (id !== undefined) {
      control.stopBroker(id, action.how ?? 'fin')
      if (action.for !== undefined) step.later(action.for, () => control.startBroker(id))
    }
    step.next()
  },
}
