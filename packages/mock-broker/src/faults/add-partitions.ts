import type { FaultKind } from './fault-kind.ts'

export interface AddPartitionsAction {
  readonly 'add-partitions': { readonly topic: string; readonly count: number }
}

/** A topic grows, so keys move to other partitions. With `stale-metadata` some brokers still tell the old number. */
export const addPartitionsFault: FaultKind<AddPartitionsAction> = {
  key: 'add-partitions',
  family: 'cluster',
  doc: 'Gives a topic more partitions.',
  fields: [
    {
      key: 'add-partitions',
      type: {
        is: 'object',
        fields: [
          { key: 'topic', type: { is: 'string' }, doc: 'Topic name.', required: true },
          {
            key: 'count',
            type: { is: 'integer', min: 2, max: 100_000 },
            doc: 'How many there are then, in all.',
            required: true,
          },
        ],
      },
      doc: 'Which topic, and to how many.',
      required: true,
    },
  ],
  example: {
    rule: { at: '200ms', do: { 'add-partitions': { topic: 'orders', count: 12 } } },
    shows: 'After 200 ms orders has twelve partitions.',
  },
  scope: 'cluster',
  stage: () => 'before',
  run(action, step) {
    const { topic, count } = action['add-partitions']
    step.administer((admin) => admin.addPartitions(topic, count))
    step.next()
  },
}
