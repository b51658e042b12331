import { type BrokersMeant, brokersMeant, brokersType, leaderIssues } from './brokers-meant.ts'
import type { FaultKind } from './fault-kind.ts'

export interface StaleMetadataAction<Time = number> {
  readonly 'stale-metadata': BrokersMeant
  readonly for?: Time
}

/** A broker that has fallen behind its controller. Asked in turn with others, it lets leader epochs go backwards (M9). */
export const staleMetadataFault: FaultKind<StaleMetadataAction> = {
  key: 'stale-metadata',
  family: 'cluster',
  doc: 'A broker hears of no change from here on: its Metadata answers and leader hints are those of this moment.',
  fields: [
    {
      key: 'stale-metadata',
      type: brokersType,
      doc: 'Node id, `all`, or `leader`: of the partition that the conditions pick out of the request.',
      required: true,
    },
    { key: 'for', type: { is: 'duration' }, doc: 'Then it knows everything. Default: when the rule is taken out.' },
  ],
  example: {
    rule: { at: '100ms', do: { 'stale-metadata': 2, for: '1s' } },
    shows: 'For a second broker 2 tells who led what when it began, whatever happens meanwhile.',
  },
  scope: 'cluster',
  stage: () => 'before',
  check: (action, rule, path) => leaderIssues(action['stale-metadata'], rule, [...path, 'stale-metadata']),
  run(action, step) {
    const ids = brokersMeant(action['stale-metadata'], step)
    for (const id of ids) step.administer((admin) => admin.freezeMetadata(id))
    step.during(action.for, () => {
      for (const id of ids) step.administer((admin) => admin.refreshMetadata(id))
    })
    step.next()
  },
}
