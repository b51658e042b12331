import { type BrokersMeant, brokersMeant, brokersType, leaderIssues } from './brokers-meant.ts'
import type { FaultKind } from './fault-kind.ts'

export interface ClockSkewAction<Time = number> {
  readonly 'clock-skew': BrokersMeant
  readonly ahead?: Time
  readonly behind?: Time
  readonly for?: Time
}

/** The wall clock of a broker is wrong. It shows in LogAppendTime, in timestamps that are refused (B21), and in retention. */
export const clockSkewFault: FaultKind<ClockSkewAction> = {
  key: 'clock-skew',
  family: 'cluster',
  doc: 'The wall clock of a broker is ahead of the others or behind them. Its timers are not touched.',
  fields: [
    {
      key: 'clock-skew',
      type: brokersType,
      doc: 'Node id, `all`, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
    { key: 'ahead', type: { is: 'duration' }, doc: 'By how much. Either this or `behind`.' },
    { key: 'behind', type: { is: 'duration' }, doc: 'By how much.' },
    { key: 'for', type: { is: 'duration' }, doc: 'Then it is right again. Default: when the rule is taken out.' },
  ],
  example: {
    rule: { at: '100ms', do: { 'clock-skew': 1, ahead: '1h', for: '1s' } },
    shows: 'For a second broker 1 stamps records of topics with LogAppendTime an hour too late.',
  },
  scope: 'cluster',
  stage: () => 'before',
  check: (action, rule, path) => [
    ...leaderIssues(action['clock-skew'], rule, [...path, 'clock-skew']),
    ...((action.ahead === undefined) === (action.behind === undefined)
      ? [{ path, message: 'a clock is either `ahead` or `behind`' }]
      : []),
  ],
  run(action, step) {
    const ids = brokersMeant(action['clock-skew'], step)
    const skew = (ms: number): void => {
      for (const id of ids) step.administer((admin) => admin.skewClock(id, ms))
    }
    skew(action.ahead ?? -(action.behind ?? 0))
    step.during(action.for, () => skew(0))
    step.next()
  },
}
