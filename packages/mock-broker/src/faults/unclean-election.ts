import type { FaultKind } from './fault-kind.ts'
import { forEachPartition, type PartitionsMeant, partitionsFields } from './partitions-meant.ts'

export interface UncleanElectionAction {
  readonly 'unclean-election': PartitionsMeant & { readonly to?: number }
}

/**
 * `unclean.leader.election.enable` at work: availability for records. What the new leader lacks is gone, acknowledged or
 * not, and with it what it would have known of producers.
 */
export const uncleanElectionFault: FaultKind<UncleanElectionAction> = {
  key: 'unclean-election',
  family: 'cluster',
  doc: 'A live replica leads although it is not in sync, and what it lacks is lost.',
  fields: [
    {
      key: 'unclean-election',
      type: {
        is: 'object',
        fields: [
          ...partitionsFields,
          {
            key: 'to',
            type: { is: 'integer', min: 0, max: 2 ** 31 - 1 },
            doc: 'Node id of the new leader. Default: a replica that is not in sync, else the one that has least.',
          },
        ],
      },
      doc: 'Of which partition, or of all of a topic, and who leads then.',
      required: true,
    },
  ],
  example: {
    rule: { at: '300ms', do: { 'unclean-election': { topic: 'orders', partition: 0, to: 3 } } },
    shows: 'After 300 ms broker 3 leads partition 0 of orders with what it has; the log may be shorter than before.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  run(action, step) {
    const { to, ...meant } = action['unclean-election']
    forEachPartition(meant, step, (admin, name) => admin.electUnclean(name, to))
    step.next()
  },
}
