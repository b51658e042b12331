import type { FaultKind } from './fault-kind.ts'
import { forEachPartition, type PartitionsMeant, partitionsFields } from './partitions-meant.ts'

export interface GrowIsrAction {
  readonly 'grow-isr': PartitionsMeant
}

/** The end of `shrink-isr`, of `lag` and of what a test did, by a rule of its own: after a time, or after an event. */
export const growIsrFault: FaultKind<GrowIsrAction> = {
  key: 'grow-isr',
  family: 'cluster',
  doc: 'Every replica fetches again as its broker does, and is in sync as soon as it has everything.',
  fields: [
    {
      key: 'grow-isr',
      type: { is: 'object', fields: partitionsFields },
      doc: 'Of which partition, or of all of a topic.',
      required: true,
    },
  ],
  example: {
    rule: { at: '500ms', do: { 'grow-isr': { topic: 'orders' } } },
    shows: 'After half a second every replica of orders that another rule held back catches up.',
  },
  scope: 'cluster',
  stage: () => 'before',
  run(action, step) {
    forEachPartition(action['grow-isr'], step, (admin, name) => admin.restoreIsr(name))
    step.next()
  },
}
