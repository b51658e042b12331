import type { LagScope } from '../cluster-admin.ts'
import type { FaultKind } from './fault-kind.ts'

export interface LagAction<Time = number> {
  readonly lag: Time | 'for-ever'
  readonly broker?: number
  readonly topic?: string
  readonly partition?: number
  readonly for?: Time
}

/** Slow followers. acks=all waits for those in sync, and one that lags `replica.lag.time.max.ms` is in sync no more. */
export const lagFault: FaultKind<LagAction> = {
  key: 'lag',
  family: 'cluster',
  doc: 'Followers have what is appended so much later, so acks=all takes as long.',
  fields: [
    {
      key: 'lag',
      type: { is: 'any-of', types: [{ is: 'duration' }, { is: 'one-of', values: ['for-ever'] }] },
      doc: 'How much later. `for-ever`: they do not fetch at all.',
      required: true,
    },
    {
      key: 'broker',
      type: { is: 'integer', min: 0, max: 2 ** 31 - 1 },
      doc: 'Only replicas on this broker. Default: those on all.',
    },
    { key: 'topic', type: { is: 'string' }, doc: 'Only replicas of this topic. Default: of all.' },
    {
      key: 'partition',
      type: { is: 'integer', min: 0, max: 2 ** 31 - 1 },
      doc: 'With `topic`: only of this partition.',
    },
    {
      key: 'for',
      type: { is: 'duration' },
      doc: 'Then they lag as the cluster is configured to (`replicationLagMs`). Default: when the rule is taken out.',
    },
  ],
  example: {
    rule: { at: '100ms', do: { lag: '80ms', broker: 2, for: '2s' } },
    shows: 'For two seconds acks=all waits 80 ms for broker 2 wherever it follows and is in sync.',
  },
  scope: 'cluster',
  stage: () => 'before',
  check: (action, _rule, path) =>
    action.partition !== undefined && action.topic === undefined
      ? [{ path: [...path, 'partition'], message: 'goes with `topic`' }]
      : [],
  run(action, step) {
    const { broker, topic, partition } = action
    const where: LagScope = {
      ...(broker === undefined ? {} : { broker }),
      ...(topic === undefined ? {} : { topic }),
      ...(partition === undefined ? {} : { partition }),
    }
    step.administer((admin) => admin.setLag(action.lag === 'for-ever' ? Number.POSITIVE_INFINITY : action.lag, where))
    step.during(action.for, () => step.administer((admin) => admin.setLag(undefined, where)))
    step.next()
  },
}
