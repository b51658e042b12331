import type { FaultKind } from './fault-kind.ts'
import { forEachPartition, type PartitionsMeant, partitionsFields } from './partitions-meant.ts'

export interface ShrinkIsrAction<Time = number> {
  readonly 'shrink-isr': PartitionsMeant & { readonly out?: readonly number[] }
  readonly for?: Time
}

/** Followers that are lost to their leader. With fewer in sync than `min.insync.replicas` acks=all is refused (error 19). */
export const shrinkIsrFault: FaultKind<ShrinkIsrAction> = {
  key: 'shrink-isr',
  family: 'cluster',
  doc: 'Takes replicas out of those in sync: they do not fetch. The leader stays in.',
  fields: [
    {
      key: 'shrink-isr',
      type: {
        is: 'object',
        fields: [
          ...partitionsFields,
          {
            key: 'out',
            type: { is: 'list', of: { is: 'integer', min: 0, max: 2 ** 31 - 1 } },
            doc: 'Node ids. Default: all followers.',
          },
        ],
      },
      doc: 'Of which partition, or of all of a topic, and which replicas.',
      required: true,
    },
    {
      key: 'for',
      type: { is: 'duration' },
      doc: 'Then they fetch again, and are in sync as soon as they have everything. Default: when the rule is taken out.',
    },
  ],
  example: {
    rule: {
      on: { api: 'Produce', nth: 2 },
      do: { 'shrink-isr': { topic: 'orders', partition: 0, out: [2, 3] }, for: '1s' },
    },
    shows: 'From the second Produce on only broker 1 is in sync for partition 0, for a second.',
  },
  scope: 'cluster',
  stage: () => 'before',
  run(action, step) {
    const { out, ...meant } = action['shrink-isr']
    forEachPartition(meant, step, (admin, name) => admin.shrinkIsr(name, out))
    step.during(action.for, () => forEachPartition(meant, step, (admin, name) => admin.restoreIsr(name)))
    step.next()
  },
}
