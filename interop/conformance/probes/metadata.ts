import type { Probe } from '../probe.ts'

const every = { min: 0, max: 13 } as const
const named = (name: string) => ({ topics: [{ name }] })

/** M: Metadata. `$plain` is the name of the topic of that kind, `#plain` its id. */
export const metadataProbes: readonly Probe[] = [
  { row: 'M1', name: 'no topics', versions: { min: 1, max: 13 }, steps: [{ ask: 'Metadata', body: { topics: [] } }] },
  { row: 'M1', name: 'one topic', versions: every, steps: [{ ask: 'Metadata', body: named('$described') }] },
  {
    row: 'M1',
    name: 'a topic twice',
    versions: every,
    steps: [{ ask: 'Metadata', body: { topics: [{ name: '$described' }, { name: '$described' }] } }],
  },
  {
    row: 'M1',
    name: 'what one may do with topics',
    versions: { min: 8, max: 13 },
    steps: [
      {
        ask: 'Metadata',
        body: {
          topics: [{ name: '$described' }, { name: 'nobody' }, { name: 'no/body' }],
          includeTopicAuthorizedOperations: true,
          allowAutoTopicCreation: false,
        },
      },
    ],
  },
  {
    row: 'M1',
    name: 'what one may do with the cluster',
    versions: { min: 8, max: 10 },
    steps: [{ ask: 'Metadata', body: { topics: [], includeClusterAuthorizedOperations: true } }],
  },
  {
    row: 'M7',
    name: 'what one may do with a topic of an unknown id',
    versions: { min: 12, max: 13 },
    steps: [
      {
        ask: 'Metadata',
        body: { topics: [{ topicId: '#unknown', name: null }], includeTopicAuthorizedOperations: true },
      },
    ],
  },
  { row: 'M2', name: 'unknown topic', versions: every, steps: [{ ask: 'Metadata', body: named('nobody') }] },
  {
    row: 'M2',
    name: 'unknown topic, no auto creation asked for',
    versions: { min: 4, max: 13 },
    steps: [{ ask: 'Metadata', body: { ...named('nobody'), allowAutoTopicCreation: false } }],
  },
  ...(
    [
      ['with a blank', 'no body'],
      ['with a slash', 'no/body'],
      ['empty', ''],
      ['a dot', '.'],
      ['two dots', '..'],
      ['250 letters', 'x'.repeat(250)],
    ] as const
  ).map(([name, topic]): Probe => {
    return {
      row: 'M2',
      name: `illegal name: ${name}`,
      versions: every,
      steps: [{ ask: 'Metadata', body: named(topic) }],
    }
  }),
  {
    row: 'M7',
    name: 'a topic by id',
    versions: { min: 10, max: 13 },
    steps: [{ ask: 'Metadata', body: { topics: [{ topicId: '#described', name: null }] } }],
  },
  {
    row: 'M7',
    name: 'a topic by id and name',
    versions: { min: 10, max: 13 },
    steps: [{ ask: 'Metadata', body: { topics: [{ topicId: '#described', name: '$described' }] } }],
  },
  {
    row: 'M7',
    name: 'an unknown id',
    versions: { min: 10, max: 13 },
    steps: [{ ask: 'Metadata', body: { topics: [{ topicId: '#unknown', name: null }] } }],
  },
  {
    row: 'M7',
    name: 'neither id nor name',
    versions: { min: 10, max: 13 },
    steps: [{ ask: 'Metadata', body: { topics: [{ name: null }] } }],
  },
]
