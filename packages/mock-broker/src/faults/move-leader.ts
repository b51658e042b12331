import type { FaultKind } from './fault-kind.ts'

export interface MoveLeaderAction {
  readonly 'move-leader': { readonly topic: string; readonly partition: number; readonly to?: number }
}

/** Makes another replica lead. The old leader lives and answers NOT_LEADER_OR_FOLLOWER from here on. */
export const moveLeaderFault: FaultKind<MoveLeaderAction> = {
  key: 'move-leader',
  family: 'cluster',
  doc: 'Moves the leadership of a partition, with the next epoch.',
  fields: [
    {
      key: 'move-leader',
      type: {
        is: 'object',
        fields: [
          { key: 'topic', type: { is: 'string' }, doc: 'Topic name.', required: true },
          { key: 'partition', type: { is: 'integer', min: 0, max: 2 ** 31 - 1 }, doc: 'Its number.', required: true },
          {
            key: 'to',
            type: { is: 'integer', min: 0, max: 2 ** 31 - 1 },
            doc: 'Node id of the new leader. Default: the next live replica in line.',
          },
        ],
      },
      doc: 'Which partition, and where to.',
      required: true,
    },
  ],
  example: {
    rule: { at: '100ms', do: { 'move-leader': { topic: 'orders', partition: 0, to: 3 } } },
    shows: 'After 100 ms broker 3 leads partition 0 of orders, and the old leader answers NOT_LEADER_OR_FOLLOWER.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  run(action, step) {
    const { topic, partition, to } = action['move-leader']
    step.administer((admin) => admin.moveLeader({ topic, partition }, to))
    step.next()
  },
}
