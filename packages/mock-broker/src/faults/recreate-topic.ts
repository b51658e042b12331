import type { FaultKind } from './fault-kind.ts'

export interface RecreateTopicAction {
  readonly 'recreate-topic': string
}

/** Deleted and made again under the same name: whoever knows it by its old id is told UNKNOWN_TOPIC_ID (P12). */
export const recreateTopicFault: FaultKind<RecreateTopicAction> = {
  key: 'recreate-topic',
  family: 'cluster',
  doc: 'Deletes a topic and makes it anew: empty, with as many partitions and another id.',
  fields: [{ key: 'recreate-topic', type: { is: 'string' }, doc: 'Topic name.', required: true }],
  example: {
    rule: { on: { api: 'Produce', topic: 'orders', nth: 4 }, do: { 'recreate-topic': 'orders' } },
    shows: 'The fourth Produce finds an empty topic, and none at all if it names the old id.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  run(action, step) {
    step.administer((admin) => admin.recreateTopic(action['recreate-topic']))
    step.next()
  },
}
