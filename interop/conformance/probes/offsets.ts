import type { Probe, Step } from '../probe.ts'
import { deleteTopic, makeTopic } from './remade-topic.ts'

type Ask = Extract<Step, { readonly ask: unknown }>
type Versions = Probe['versions']

const versions = (min: number, max: number): Versions => ({ min, max })
const byName = versions(2, 9)
const byId = versions(10, 10)

interface Item {
  readonly partition?: number
  readonly offset?: bigint
  readonly metadata?: string | null
}

function topic(kind: string, items: readonly Item[], isById: boolean): object {
  const named = isById ? { topicId: `#${kind}` } : { name: kind === 'unknown' ? 'nobody' : kind }
  const partitions = items.map(({ partition = 0, offset = 5n, metadata = 'note' }) => {
    return { partitionIndex: partition, committedOffset: offset, committedMetadata: metadata }
  })
  return { ...named, partitions }
}

function commit(body: object = {}, more: Partial<Ask> = {}): Ask {
  const whole = { groupId: '%group', memberId: '', topics: [topic('described', [{}], false)], ...body }
  return { ask: 'OffsetCommit', body: whole, ...more }
}

const fetchAll: Ask = { ask: 'OffsetFetch', body: { groups: [{ groupId: '%group', topics: null }] }, version: 9 }

/** A member that is in, and has its part if `isPlaced`. */
function member(isPlaced: boolean): Step[] {
  const protocols = [
    { name: 'range', metadata: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 9, ...Buffer.from('described'), 255, 255, 255, 255) },
  ]
  const join = (memberId: string): Ask => ({
    ask: 'JoinGroup',
    body: {
      groupId: '%group',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId,
      protocolType: 'consumer',
      protocols,
    },
    version: 5,
    keep: { me: 'memberId', generation: 'generationId' },
  })
  const sync: Ask = {
    ask: 'SyncGroup',
    body: { groupId: '%group', generationId: '@generation', memberId: '@me', assignments: [] },
    version: 3,
  }
  return [join(''), join('@me'), ...(isPlaced ? [sync] : [])]
}

const ofMember = { memberId: '@me', generationIdOrMemberEpoch: '@generation' }
const fetchesOne = { topics: [{ name: 'described', partitionIndexes: [0, 1] }] }
const nowhere = { topics: [{ name: 'nobody', partitionIndexes: [0] }] }

/** O: how far groups have read. */
export const offsetProbes: readonly Probe[] = [
  { row: 'O1', name: 'from outside a group', versions: byName, steps: [commit(), fetchAll] },
  {
    row: 'O1',
    name: 'from outside a group, by id',
    versions: byId,
    steps: [commit({ topics: [topic('described', [{}, { partition: 1, metadata: null }], true)] }), fetchAll],
  },
  {
    row: 'O1',
    name: 'no metadata, and offsets that make no sense',
    versions: byName,
    steps: [
      commit({ topics: [topic('described', [{ metadata: null }, { partition: 1, offset: -7n }], false)] }),
      fetchAll,
    ],
  },
  {
    row: 'O1',
    name: 'what was committed, what was not, and a group that is not there',
    versions: versions(1, 7),
    steps: [
      commit({}, { version: 8 }),
      { ask: 'OffsetFetch', body: { groupId: '%group', ...fetchesOne } },
      { ask: 'OffsetFetch', body: { groupId: '%group', ...nowhere } },
      { ask: 'OffsetFetch', body: { groupId: 'nobody', ...fetchesOne } },
    ],
  },
  {
    row: 'O1',
    name: 'everything',
    versions: versions(2, 7),
    steps: [
      commit({}, { version: 8 }),
      { ask: 'OffsetFetch', body: { groupId: '%group', topics: null } },
      { ask: 'OffsetFetch', body: { groupId: 'nobody', topics: null } },
    ],
  },
  {
    row: 'O1',
    name: 'of several groups',
    versions: versions(8, 9),
    steps: [
      commit({}, { version: 8 }),
      {
        ask: 'OffsetFetch',
        body: {
          groups: [
            { groupId: '%group', ...fetchesOne },
            { groupId: 'nobody', ...fetchesOne },
            { groupId: '%group', topics: null },
            { groupId: 'nobody', topics: null },
          ],
        },
      },
    ],
  },
  {
    row: 'O1',
    name: 'by id',
    versions: byId,
    steps: [
      commit({}, { version: 8 }),
      {
        ask: 'OffsetFetch',
        body: { groups: [{ groupId: '%group', topics: [{ topicId: '#described', partitionIndexes: [0, 1] }] }] },
      },
      { ask: 'OffsetFetch', body: { groups: [{ groupId: '%group', topics: null }] } },
    ],
  },
  {
    row: 'O2',
    name: 'a member, a stranger, another generation, and from outside',
    versions: byName,
    steps: [
      ...member(true),
      commit(ofMember),
      commit({ ...ofMember, memberId: 'stranger' }),
      commit({ ...ofMember, generationIdOrMemberEpoch: 9 }),
      commit({ memberId: '@me' }),
      commit(),
      fetchAll,
    ],
  },
  { row: 'O2', name: 'before the member has its part', versions: byName, steps: [...member(false), commit(ofMember)] },
  {
    row: 'O2',
    name: 'a generation of a group that is not there',
    versions: byName,
    steps: [commit({ memberId: 'x', generationIdOrMemberEpoch: 1 }), commit({ memberId: 'x' })],
  },
  {
    row: 'O3',
    name: 'no such topic, no such partition',
    versions: byName,
    steps: [
      commit({ topics: [topic('described', [{}, { partition: 7 }], false), topic('unknown', [{}], false)] }),
      commit({ topics: [topic('unknown', [{}], false)] }),
      commit({ topics: [] }),
    ],
  },
  {
    row: 'O3',
    name: 'no such id',
    versions: byId,
    steps: [
      commit({ topics: [topic('described', [{}, { partition: 7 }], true), topic('unknown', [{}], true)] }),
      {
        ask: 'OffsetFetch',
        body: { groups: [{ groupId: '%group', topics: [{ topicId: '#unknown', partitionIndexes: [0] }] }] },
      },
    ],
  },
  {
    row: 'O4',
    name: '4097 characters, and 4096',
    versions: byName,
    steps: [
      commit({ topics: [topic('described', [{ metadata: 'x'.repeat(4097) }], false)] }),
      commit({ topics: [topic('described', [{ metadata: 'x'.repeat(4096) }], false)] }),
    ],
  },
  {
    row: 'O6',
    name: 'a topic that was deleted and made again',
    versions: versions(8, 9),
    steps: [
      ...makeTopic,
      commit({ topics: [topic('described', [{}], false), topic('remade', [{}], false)] }, { version: 8 }),
      fetchAll,
      ...deleteTopic,
      { ask: 'OffsetFetch', body: { groups: [{ groupId: '%group', topics: null }] } },
      ...makeTopic,
      { ask: 'OffsetFetch', body: { groups: [{ groupId: '%group', topics: null }] } },
      ...deleteTopic,
    ],
  },
  {
    row: 'O7',
    name: 'while members read it, what they do not read, what is not there, and afterwards',
    versions: versions(0, 0),
    steps: [
      ...member(true),
      commit({ ...ofMember, topics: [topic('described', [{}], false), topic('plain', [{}], false)] }, { version: 8 }),
      ...(['described', 'plain', 'nobody'] as const).map((name): Ask => {
        return {
          ask: 'OffsetDelete',
          body: { groupId: '%group', topics: [{ name, partitions: [{ partitionIndex: 0 }] }] },
        }
      }),
      { ask: 'LeaveGroup', body: { groupId: '%group', members: [{ memberId: '@me' }] }, version: 3 },
      {
        ask: 'OffsetDelete',
        body: { groupId: '%group', topics: [{ name: 'described', partitions: [{ partitionIndex: 0 }] }] },
      },
      fetchAll,
      { ask: 'OffsetDelete', body: { groupId: 'nobody', topics: [] } },
    ],
  },
]
