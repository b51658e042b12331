import { offsetCommit, offsetDelete, offsetFetch, type RequestInput } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { coordinatorOf, GroupClient, stableGroup } from './group-client.ts'
import { Simulation } from './simulated.ts'

/** Rules O of the broker: how far groups have read. */

function world(options: ConstructorParameters<typeof Simulation>[0] = {}): Simulation {
  const sim = new Simulation({ topics: { orders: 2, audit: 1 }, ...options })
  coordinatorOf(sim)
  return sim
}

const upTo = (max: number, min = 0): number[] => Array.from({ length: max - min + 1 }, (_, i) => min + i)
const idOf = (sim: Simulation, name: string) => sim.cluster.topics.find((topic) => topic.name === name)?.id ?? ''

test.each(upTo(10, 2))('O1: OffsetCommit v%i stores, partition by partition', (version) => {
  const sim = world()
  const member = new GroupClient(sim)
  const name = version >= 10 ? { topicId: idOf(sim, 'orders') } : { name: 'orders' }
  const partitions = [0, 1].map((partitionIndex) => ({
    partitionIndex,
    committedOffset: BigInt(10 + partitionIndex),
    ...(version >= 6 ? { committedLeaderEpoch: 3 } : {}),
    committedMetadata: partitionIndex === 0 ? null : 'note',
  }))
  const answer = sim.ask(offsetCommit, version, { groupId: 'readers', memberId: '', topics: [{ ...name, partitions }] })
  expect(answer?.topics[0]?.partitions.map(({ errorCode }) => errorCode)).toEqual([0, 0])
  expect(member.committed()).toBe(10n)
  const groups = [{ groupId: 'readers', topics: null }]
  expect(sim.ask(offsetFetch, 9, { groups })?.groups[0]?.topics[0]?.partitions).toMatchObject([
    { partitionIndex: 0, committedOffset: 10n, metadata: '', committedLeaderEpoch: version >= 6 ? 3 : -1 },
    { partitionIndex: 1, committedOffset: 11n, metadata: 'note' },
  ])
})

test.each(upTo(10, 1))(
  'O1: OffsetFetch v%i: what was committed, -1 for the rest, everything if asked for',
  (version) => {
    const sim = world()
    new GroupClient(sim).commit(10n)
    const orders = version >= 10 ? { topicId: idOf(sim, 'orders') } : { name: 'orders' }
    const asked = [{ ...orders, partitionIndexes: [0, 1] }]
    const ask = (topics: typeof asked | null, groupId = 'readers') => {
      const named = topics as RequestInput<typeof offsetFetch>['topics']
      const body = version < 8 ? { groupId, topics: named ?? null } : { groups: [{ groupId, topics }] }
      const answer = sim.ask(offsetFetch, version, body)
      const found = version < 8 ? answer : answer?.groups[0]
      return found?.topics.map(({ partitions }) => partitions.map(({ committedOffset }) => committedOffset))
    }
    expect(ask(asked)).toEqual([[10n, -1n]])
    expect(ask(asked, 'nobody')).toEqual([[-1n, -1n]])
    if (version >= 2) expect(ask(null)).toEqual([[10n]])
    if (version >= 2) expect(ask(null, 'nobody')).toEqual([])
  },
)

test('O1: OffsetFetch answers about many groups, each with its own error', () => {
  const sim = world({ brokers: 2 })
  const broker = coordinatorOf(sim)
  const elsewhere = ['a', 'b', 'c', 'd', 'e'].find((groupId) => coordinatorOf(sim, groupId) !== broker) ?? ''
  new GroupClient(sim).commit(10n)
  const topics = [{ name: 'orders', partitionIndexes: [0] }]
  const groups = ['readers', elsewhere].map((groupId) => ({ groupId, topics }))
  expect(sim.ask(offsetFetch, 8, { groups }, { broker })?.groups).toMatchObject([
    { groupId: 'readers', errorCode: 0, topics: [{ partitions: [{ committedOffset: 10n }] }] },
    { groupId: elsewhere, errorCode: 16, topics: [] },
  ])
})

test('O1: before version 2 an error of the whole group is one of each partition', () => {
  const sim = world({ brokers: 2 })
  const broker = coordinatorOf(sim) === 1 ? 2 : 1
  const topics = [{ name: 'orders', partitionIndexes: [0] }]
  const ask = (version: number) => sim.ask(offsetFetch, version, { groupId: 'readers', topics }, { broker })
  expect(ask(1)?.topics[0]?.partitions[0]).toMatchObject({ errorCode: 16, committedOffset: -1n })
  expect(ask(2)).toMatchObject({ errorCode: 16, topics: [] })
})

test('O2: a commit of a stranger is error 25, of another generation 22', () => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  expect(member?.commit(1n)).toBe(0)
  expect(member?.commit(1n, { memberId: 'stranger' })).toBe(25)
  expect(member?.commit(1n, { generationIdOrMemberEpoch: 9 })).toBe(22)
  expect(member?.commit(1n, { groupInstanceId: 'one' })).toBe(25)
  // Whoever is in no group may commit while nobody else is.
  expect(member?.commit(1n, { memberId: '', generationIdOrMemberEpoch: -1 })).toBe(25)
  expect(member?.commit(1n, { generationIdOrMemberEpoch: -1 })).toBe(22)
  member?.leave()
  expect(member?.commit(2n, { memberId: '', generationIdOrMemberEpoch: -1 })).toBe(0)
  expect(member?.committed()).toBe(2n)
})

test('O2: a commit before the member has its part is error 27', () => {
  const sim = world()
  const member = new GroupClient(sim)
  expect(member.join()?.errorCode).toBe(0)
  expect(member.commit(1n)).toBe(27)
  member.sendSync({})
  expect(member.commit(1n)).toBe(0)
  // And one while members gather is taken: it is of the generation that is.
  new GroupClient(sim).join()
  expect(member.beat()).toBe(27)
  expect(member.commit(2n)).toBe(0)
})

test('O2: a generation of a group that does not exist is error 22, from version 9 on 69', () => {
  const sim = world()
  const member = new GroupClient(sim)
  member.generationId = 1
  expect(member.commit(1n, { version: 8 })).toBe(22)
  expect(member.commit(1n, { version: 9 })).toBe(69)
})

test('O3: what does not exist cannot be committed: error 3, and 100 by id', () => {
  const sim = world()
  const member = new GroupClient(sim)
  const partitions = [
    { partitionIndex: 0, committedOffset: 1n, committedMetadata: '' },
    { partitionIndex: 5, committedOffset: 1n, committedMetadata: '' },
  ]
  const ask = (version: number, topic: { name: string } | { topicId: string }) => {
    const answer = sim.ask(offsetCommit, version, {
      groupId: 'readers',
      memberId: '',
      topics: [{ ...topic, partitions }],
    })
    return answer?.topics[0]?.partitions.map(({ errorCode }) => errorCode)
  }
  expect(ask(9, { name: 'orders' })).toEqual([0, 3])
  expect(ask(9, { name: 'nothing' })).toEqual([3, 3])
  expect(ask(10, { topicId: idOf(sim, 'orders') })).toEqual([0, 3])
  expect(ask(10, { topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' })).toEqual([100, 100])
  const topics = [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitionIndexes: [0] }]
  const answer = sim.ask(offsetFetch, 10, { groups: [{ groupId: 'readers', topics }] })
  expect(answer?.groups[0]?.topics[0]?.partitions[0]?.errorCode).toBe(100)
  expect(member.committed()).toBe(1n)
})

test('O4: metadata of more than 4096 characters is error 12', () => {
  const sim = world()
  const member = new GroupClient(sim)
  const commit = (length: number) => {
    const partitions = [{ partitionIndex: 0, committedOffset: 1n, committedMetadata: 'x'.repeat(length) }]
    return member.commit(1n, { topics: [{ name: 'orders', partitions }] })
  }
  expect([commit(4097), commit(4096)]).toEqual([12, 0])
})

test('O5: a commit is a sign of life', () => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  for (const _ of upTo(4)) {
    sim.run(9000)
    expect(member?.commit(1n)).toBe(0)
  }
  sim.run(11_000)
  expect(member?.commit(1n)).toBe(25)
})

test('O6: what was committed for a topic goes with the topic', () => {
  const sim = world()
  const member = new GroupClient(sim)
  member.commit(10n)
  sim.cluster.admin.recreateTopic('orders')
  expect(member.committed()).toBe(-1n)
})

test('O7: OffsetDelete forgets, but not what somebody reads: error 86; an unknown group is 69', () => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  const partitions = [{ partitionIndex: 0, committedOffset: 4n, committedMetadata: '' }]
  member?.commit(4n, { topics: ['orders', 'audit'].map((name) => ({ name, partitions })) })
  const ask = (groupId = 'readers') => {
    const topics = ['orders', 'audit', 'nothing'].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }))
    const answer = sim.ask(offsetDelete, 0, { groupId, topics })
    return [answer?.errorCode, ...(answer?.topics.map((topic) => topic.partitions[0]?.errorCode) ?? [])]
  }
  expect(ask('nobody')).toEqual([69])
  expect(ask()).toEqual([0, 86, 0, 3])
  expect(member?.committed()).toBe(4n)
  member?.leave()
  expect(ask()).toEqual([0, 0, 0, 3])
  expect(member?.committed()).toBe(-1n)
})

test('O7: who reads what is known of consumers only: error 68 for others while somebody is in the group', () => {
  const sim = world()
  const worker = new GroupClient(sim)
  expect(worker.join({ protocolType: 'connect' })?.errorCode).toBe(0)
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }]
  expect(sim.ask(offsetDelete, 0, { groupId: 'readers', topics })?.errorCode).toBe(68)
})

test('O7: members whose subscription cannot be read may read anything', () => {
  const sim = world()
  const worker = new GroupClient(sim)
  expect(worker.join({ protocols: [{ name: 'range', metadata: Uint8Array.of(0, 0, 0, 0, 0, 9) }] })?.errorCode).toBe(0)
  const topics = [{ name: 'audit', partitions: [{ partitionIndex: 0 }] }]
  const answer = sim.ask(offsetDelete, 0, { groupId: 'readers', topics })
  expect(answer?.topics[0]?.partitions[0]?.errorCode).toBe(86)
})

test('offsets: a fault answers an error for one partition', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'OffsetCommit', topic: 'orders', partition: 1 }, do: { error: 'NOT_COORDINATOR' } })
  const member = new GroupClient(sim)
  const partitions = [0, 1].map((partitionIndex) => ({ partitionIndex, committedOffset: 1n, committedMetadata: '' }))
  const answer = sim.ask(
    offsetCommit,
    9,
    { groupId: 'readers', memberId: '', topics: [{ name: 'orders', partitions }] },
    { client: member.client },
  )
  expect(answer?.topics[0]?.partitions.map(({ errorCode }) => errorCode)).toEqual([0, 16])
})
