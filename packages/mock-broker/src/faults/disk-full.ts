import { type BrokersMeant, brokersMeant, brokersType, leaderIssues } from './brokers-meant.ts'
import type { FaultKind } from './fault-kind.ts'

export interface DiskFullAction<Time = number> {
  readonly 'disk-full': BrokersMeant
  readonly for?: Time
}

/**
 * An append fails, so the broker gives up the log directory and tells the controller, which lets others lead (KIP-112,
 * KIP-858). Where it was the only directory the broker halts as well: that is `kill-broker`.
 */
export const diskFullFault: FaultKind<DiskFullAction> = {
  key: 'disk-full',
  family: 'cluster',
  doc: 'The log directory of a broker is offline: it answers KAFKA_STORAGE_ERROR, and replicas in sync elsewhere lead.',
  fields: [
    {
      key: 'disk-full',
      type: brokersType,
      doc: 'Node id, `all`, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
    { key: 'for', type: { is: 'duration' }, doc: 'Then it is whole again. Default: when the rule is taken out.' },
  ],
  example: {
    rule: { on: { api: 'Produce', topic: 'orders', nth: 3 }, do: { 'disk-full': 'leader', for: '1s' } },
    shows: 'The broker that gets the third Produce refuses it, and another replica leads in its place.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  check: (action, rule, path) => leaderIssues(action['disk-full'], rule, [...path, 'disk-full']),
  run(action, step) {
    const ids = brokersMeant(action['disk-full'], step)
    const set = (isOffline: boolean): void => {
      for (const id of ids) step.administer((admin) => admin.setLogDirOffline(id, isOffline))
    }
    set(true)
    step.during(action.for, () => set(false))
    step.next()
  },
}
