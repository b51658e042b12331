import type { FaultKind } from './fault-kind.ts'
import { forEachPartition, type PartitionsMeant, partitionsFields } from './partitions-meant.ts'

export interface LoseProducerStateAction {
  readonly 'lose-producer-state': PartitionsMeant
  readonly keep?: 'last'
}

/** Expiry, or a leader that never knew: any sequence is taken then, so a gap goes unseen (B33) and a retry is written again. */
export const loseProducerStateFault: FaultKind<LoseProducerStateAction> = {
  key: 'lose-producer-state',
  family: 'cluster',
  doc: 'What the replicas of a partition know about producers is gone: ids, epochs, sequences.',
  fields: [
    {
      key: 'lose-producer-state',
      type: { is: 'object', fields: partitionsFields },
      doc: 'Of which partition, or of all of a topic.',
      required: true,
    },
    {
      key: 'keep',
      type: { is: 'one-of', values: ['last'] },
      doc: '`last`: of each producer its last batch is still known, as after a restart (B42).',
    },
  ],
  example: {
    rule: { on: { api: 'Produce', topic: 'orders', nth: 3 }, do: { 'lose-producer-state': { topic: 'orders' } } },
    shows: 'Before the third Produce is handled, no partition of orders knows any producer any more.',
  },
  scope: 'cluster',
  stage: () => 'before',
  run(action, step) {
    const { keep, 'lose-producer-state': meant } = action
    forEachPartition(meant, step, (admin, name) => admin.loseProducerState(name, keep === undefined ? {} : { keep }))
    step.next()
  },
}
