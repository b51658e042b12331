import type { Step } from '../probe.ts'
import { settled } from './settled.ts'

/** A topic with one partition. CreateTopics v4 is the last that does not list every setting. */
export const makeTopic: readonly Step[] = [
  {
    ask: 'CreateTopics',
    version: 4,
    body: {
      topics: [{ name: 'remade', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 10_000,
    },
  },
  settled,
]

/** From here on Produce means the topic by the id that it has now. */
export const learnTopic: Step = {
  ask: 'Metadata',
  version: 12,
  body: { topics: [{ name: 'remade' }] },
  keep: { remade: 'topics.0.topicId' },
}

export const deleteTopic: readonly Step[] = [
  { ask: 'DeleteTopics', version: 5, body: { topicNames: ['remade'], timeoutMs: 10_000 } },
  settled,
]
