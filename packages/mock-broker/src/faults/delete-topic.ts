import type { FaultKind } from './fault-kind.ts'

export interface DeleteTopicAction<Time = number> {
  readonly 'delete-topic': string
  readonly for?: Time
}

/** Somebody deletes the topic under its producers. Note that a client's Metadata may create it again. */
export const deleteTopicFault: FaultKind<DeleteTopicAction> = {
  key: 'delete-topic',
  family: 'cluster',
  doc: 'Deletes a topic with its records.',
  fields: [
    { key: 'delete-topic', type: { is: 'string' }, doc: 'Topic name.', required: true },
    {
      key: 'for',
      type: { is: 'duration' },
      doc: 'Makes it anew after this time if it is not there: empty, with another id. Default: it stays away.',
    },
  ],
  example: {
    rule: { at: '1s', do: { 'delete-topic': 'payments', for: '500ms' } },
    shows: 'After a second nobody knows payments; half a second later it is there again, empty.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  run(action, step) {
    const { 'delete-topic': topic } = action
    step.administer((admin) => {
      const makeAnew = admin.deleteTopic(topic)
      if (action.for !== undefined) step.later(action.for, makeAnew)
    })
    step.next()
  },
}
