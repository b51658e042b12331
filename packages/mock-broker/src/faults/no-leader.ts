import type { FaultKind } from './fault-kind.ts'
import { forEachPartition, type PartitionsMeant, partitionsFields } from './partitions-meant.ts'

export interface NoLeaderAction<Time = number> {
  readonly 'no-leader': PartitionsMeant
  readonly for?: Time
}

/** An election that takes its time: Metadata says LEADER_NOT_AVAILABLE, brokers NOT_LEADER_OR_FOLLOWER with leader -1. */
export const noLeaderFault: FaultKind<NoLeaderAction> = {
  key: 'no-leader',
  family: 'cluster',
  doc: 'Nobody leads a partition, although its replicas live.',
  fields: [
    {
      key: 'no-leader',
      type: { is: 'object', fields: partitionsFields },
      doc: 'Which partition, or all of a topic.',
      required: true,
    },
    {
      key: 'for',
      type: { is: 'duration' },
      doc: 'Then a replica in sync is elected. Default: when the rule is taken out, unless somebody leads by then.',
    },
  ],
  example: {
    rule: { at: '100ms', do: { 'no-leader': { topic: 'orders', partition: 0 }, for: '1s' } },
    shows: 'For a second nobody leads partition 0 of orders; the others take records all the while.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  run(action, step) {
    const meant = action['no-leader']
    forEachPartition(meant, step, (admin, name) => admin.removeLeader(name))
    step.during(action.for, () =>
      forEachPartition(meant, step, (admin, name) => {
        if (admin.describe(name).leader === -1) admin.electLeader(name)
      }),
    )
    step.next()
  },
}
