import {
  deleteGroups,
  describeGroups,
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  listGroups,
  type RequestInput,
  type syncGroup,
} from '@harrow/protocol'
import { expect, test } from 'vitest'
import { coordinatorOf, GroupClient, stableGroup, subscription } from './group-client.ts'
import { Simulation } from './simulated.ts'

/** Rules G of the broker: who is in a group. */

const offsetsTopic = '__consumer_offsets'

function world(options: ConstructorParameters<typeof Simulation>[0] = {}): Simulation {
  return new Simulation({ topics: { orders: 2 }, ...options })
}

/** The partition of Kafka's topic that the group `readers` falls into. */
const home = 28

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const stateOf = (sim: Simulation, groupId = 'readers') =>
  sim.ask(describeGroups, 5, { groups: [groupId] }, { broker: coordinatorOf(sim, groupId) })?.groups[0]
const upTo = (max: number, min = 0): number[] => Array.from({ length: max - min + 1 }, (_, i) => min + i)

test.each(upTo(6))('G1: FindCoordinator v%i makes the topic and says 15, then names the leader', (version) => {
  const sim = world({ brokers: 3 })
  const ask = () => {
    const body = version < 4 ? { key: 'readers' } : { coordinatorKeys: ['readers'] }
    const answer = sim.ask(findCoordinator, version, body)
    return version < 4 ? answer : answer?.coordinators[0]
  }
  expect(ask()).toMatchObject({ errorCode: 15, nodeId: -1, host: '', port: -1 })
  const { id, host, port } = sim.cluster.broker(sim.cluster.leader(offsetsTopic, home).id)
  const errorMessage = version === 0 || version >= 4 ? '' : 'NONE'
  expect(ask()).toMatchObject({ errorCode: 0, errorMessage, nodeId: id, host, port })
  expect(sim.cluster.findings).toEqual([])
})

test('G1: groups are spread over the partitions by the hash of Java', () => {
  const sim = world({ brokers: 3 })
  coordinatorOf(sim)
  // "readers".hashCode() is 1080410128, "a" is 97, and "polygenelubricants" has the one without a counterpart.
  const groups = { readers: home, a: 47, polygenelubricants: 0 }
  for (const [groupId, partition] of Object.entries(groups)) {
    expect(coordinatorOf(sim, groupId)).toBe(sim.cluster.leader(offsetsTopic, partition).id)
    sim.cluster.moveLeader({ topic: offsetsTopic, partition })
    expect(coordinatorOf(sim, groupId)).toBe(sim.cluster.leader(offsetsTopic, partition).id)
  }
})

test('G1: a cluster that has no room for the topic has no coordinator, and the findings say so', () => {
  const sim = world({ partitionsMax: 40 })
  expect(coordinatorOf(sim)).toBe(-1)
  expect(sim.cluster.findings[0]).toMatchObject({ kind: 'limit' })
})

test('G2: a broker that does not coordinate the group is error 16, in every request', () => {
  const sim = world({ brokers: 2 })
  const broker = coordinatorOf(sim) === 1 ? 2 : 1
  const other = new GroupClient(sim, { broker })
  const { client } = other
  expect(other.join()?.errorCode).toBe(16)
  other.sendSync()
  expect(other.synced?.errorCode).toBe(16)
  expect(other.beat()).toBe(16)
  const members = [{ memberId: 'x', groupInstanceId: null }]
  expect(sim.ask(leaveGroup, 5, { groupId: 'readers', members }, { client })?.errorCode).toBe(16)
  expect(other.commit(1n)).toBe(16)
  expect(sim.ask(describeGroups, 6, { groups: ['readers'] }, { client })?.groups[0]?.errorCode).toBe(16)
  expect(sim.ask(deleteGroups, 2, { groupsNames: ['readers'] }, { client })?.results[0]?.errorCode).toBe(16)
})

test('G2: the next coordinator knows the members, their generation and what they committed; who waits is told 16', () => {
  const sim = world({ brokers: 2 })
  const [member] = stableGroup(sim, 1)
  member?.commit(7n)
  const late = new GroupClient(sim)
  expect(late.join()).toBeUndefined()
  sim.cluster.moveLeader({ topic: offsetsTopic, partition: home })
  sim.run(5)
  expect(late.joined?.errorCode).toBe(16)
  const moved = new GroupClient(sim)
  Object.assign(moved, { memberId: member?.memberId, generationId: member?.generationId })
  expect(moved.beat()).toBe(0)
  expect(moved.committed()).toBe(7n)
  expect(stateOf(sim)).toMatchObject({ groupState: 'Stable', members: [{ memberId: member?.memberId }] })
})

test('G2: a coordinator that was killed and comes back gives every session its whole time again', () => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  sim.run(9000)
  sim.cluster.broker(1).kill()
  sim.run(60_000)
  sim.cluster.broker(1).start()
  sim.run(9000)
  const back = new GroupClient(sim)
  Object.assign(back, { memberId: member?.memberId, generationId: member?.generationId })
  expect(back.beat()).toBe(0)
  sim.run(11_000)
  expect(back.beat()).toBe(25)
})

test('G2: with Kafka of its own topic deleted, groups and what they committed are gone', () => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  member?.commit(7n)
  sim.cluster.admin.deleteTopic(offsetsTopic)
  expect(member?.beat()).toBe(16)
  expect(coordinatorOf(sim)).toBe(1)
  expect(member?.beat()).toBe(25)
  expect(member?.committed()).toBe(-1n)
})

test('G3: an empty group id is error 24, a session timeout out of range 26', () => {
  const sim = world()
  const member = new GroupClient(sim)
  expect(member.join({ groupId: '' })?.errorCode).toBe(24)
  expect(member.join({ sessionTimeoutMs: 5999 })?.errorCode).toBe(26)
  expect(member.join({ sessionTimeoutMs: 1_800_001 })?.errorCode).toBe(26)
  expect(member.join({ sessionTimeoutMs: 6000 })?.errorCode).toBe(0)
  expect(member.beat({ groupId: '' })).toBe(24)
})

test.each(upTo(9))('G4: JoinGroup v%i: a new member has its id first from version 4 on, with error 79', (version) => {
  const sim = world()
  const member = new GroupClient(sim)
  member.sendJoin({ version })
  expect(member.joined?.errorCode).toBe(version < 4 ? 0 : 79)
  expect(member.memberId).toMatch(/^raw-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  if (version >= 4) member.sendJoin({ version })
  const { memberId } = member
  expect(member.joined).toMatchObject({
    errorCode: 0,
    generationId: 1,
    leader: memberId,
    memberId,
    protocolName: 'range',
    protocolType: version < 7 ? null : 'consumer',
    members: [{ memberId, groupInstanceId: null, metadata: subscription(['orders']) }],
  })
})

test('G4: an id that nobody came back with is forgotten after the session timeout', () => {
  const sim = world()
  const member = new GroupClient(sim)
  member.sendJoin()
  expect(member.joined?.errorCode).toBe(79)
  sim.run(10_000)
  member.sendJoin()
  expect(member.joined?.errorCode).toBe(25)
})

test('G4: an id that was given out holds the others up no longer than its session', () => {
  const sim = world()
  const [first] = stableGroup(sim, 1)
  const lost = new GroupClient(sim)
  lost.sendJoin()
  expect(lost.joined?.errorCode).toBe(79)
  first?.sendJoin()
  expect(first?.joined).toBeUndefined()
  sim.run(10_000)
  expect(first?.joined).toMatchObject({ errorCode: 0, generationId: 2 })
})

test('G5: JoinGroup is answered when every member has joined', () => {
  const sim = world()
  const [first] = stableGroup(sim, 1)
  const second = new GroupClient(sim)
  expect(second.join()).toBeUndefined()
  expect(first?.beat()).toBe(27)
  first?.sendJoin()
  expect([first?.joined?.generationId, second.joined?.generationId]).toEqual([2, 2])
  expect(first?.joined?.members).toHaveLength(2)
  expect(second.joined?.members).toEqual([])
})

test('G5: the first rebalance waits, and longer while members keep coming, up to the rebalance timeout', () => {
  const sim = world({ groupInitialRebalanceDelayMs: 3000 })
  const members = upTo(2).map(() => new GroupClient(sim))
  const sizes = () => members.map(({ joined }) => joined?.errorCode)
  for (const member of members) {
    member.sendJoin({ rebalanceTimeoutMs: 7000 })
    expect(member.joined?.errorCode).toBe(79)
    member.sendJoin({ rebalanceTimeoutMs: 7000 })
    sim.run(2800)
  }
  // 3 s, 3 s more for the second, 1 s more for the third: 7 s since the first came.
  expect(sizes()).toEqual([0, 0, 0])
  const times = sim.events.filter(({ event }) => event === 'group-state').map(({ atMs }) => Math.round(atMs / 100))
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(70)
})

test('G6: who does not join again within the rebalance timeout is out', () => {
  const sim = world()
  const [first, second] = stableGroup(sim, 2)
  second?.sendJoin({ rebalanceTimeoutMs: 8000, protocols: [{ name: 'range', metadata: subscription(['audit']) }] })
  sim.run(9000)
  // The longest timeout of any member counts, and the heartbeats keep it in as little as they keep it out.
  expect(first?.beat()).toBe(27)
  sim.run(9000)
  expect(first?.beat()).toBe(27)
  sim.run(9000)
  expect(first?.beat()).toBe(27)
  expect(second?.joined).toBeUndefined()
  sim.run(9000)
  expect(second?.joined).toMatchObject({ errorCode: 0, leader: second?.memberId })
  expect(first?.beat()).toBe(25)
})

test('G7: the protocol that all support and most prefer is chosen; a member without one is error 23', () => {
  const sim = world()
  const named = (...names: string[]) => ({ protocols: names.map((name) => ({ name, metadata: new Uint8Array(0) })) })
  const members = upTo(2).map(() => new GroupClient(sim))
  const wishes = [named('a', 'b', 'c'), named('b', 'c'), named('c', 'b')]
  for (const [index, member] of members.entries()) {
    member.join(wishes[index])
    for (const before of upTo(index - 1)) members[before]?.sendJoin(wishes[before])
  }
  // The third came alone at first: those before have to join again, and the id that it got is good by then.
  for (const [index, member] of members.entries()) if (member.joined?.errorCode !== 0) member.sendJoin(wishes[index])
  expect(members.map(({ joined }) => joined?.protocolName)).toEqual(['b', 'b', 'b'])
  const stranger = new GroupClient(sim)
  expect(stranger.join(named('a'))?.errorCode).toBe(23)
  expect(stranger.join({ protocolType: 'connect' })?.errorCode).toBe(23)
})

test('G7: a group begins with a protocol type and at least one protocol', () => {
  const sim = world()
  expect(new GroupClient(sim).join({ protocols: [] })?.errorCode).toBe(23)
  expect(new GroupClient(sim).join({ protocolType: '' })?.errorCode).toBe(23)
})

test('G8: SyncGroup waits for the leader, and who was forgotten has an empty part', () => {
  const sim = world()
  const [leader, other] = stableGroup(sim, 2)
  leader?.sendJoin()
  other?.sendJoin()
  expect(leader?.joined?.leader).toBe(leader?.memberId)
  expect(other?.joined?.generationId).toBe(leader?.joined?.generationId)
  other?.sendSync()
  sim.run(1000)
  expect(other?.client.answers.length).toBe(other?.client.answeredIds.length)
  leader?.sendSync({ [leader.memberId]: 'mine' })
  expect(text(leader?.synced?.assignment)).toBe('mine')
  expect(other?.synced).toMatchObject({ errorCode: 0, protocolType: 'consumer', protocolName: 'range' })
  expect(other?.synced?.assignment).toHaveLength(0)
  // Asked again, the answer is the same.
  leader?.sendSync()
  expect(text(leader?.synced?.assignment)).toBe('mine')
})

test('G8: SyncGroup is error 25, 82, 22 or 23 for who is not of this generation', () => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  const sync = (options: Partial<RequestInput<typeof syncGroup>>) => {
    member?.sendSync({}, options)
    return member?.synced?.errorCode
  }
  expect(sync({ memberId: 'stranger' })).toBe(25)
  expect(sync({ groupId: 'nobody' })).toBe(25)
  expect(sync({ groupInstanceId: 'stranger' })).toBe(25)
  expect(sync({ generationId: 9 })).toBe(22)
  expect(sync({ protocolName: 'other' })).toBe(23)
  expect(sync({ protocolType: 'connect' })).toBe(23)
  expect(sync({ protocolName: null })).toBe(23)
  new GroupClient(sim).join()
  const late = new GroupClient(sim)
  late.join()
  expect(member?.beat()).toBe(27)
  expect(sync({})).toBe(27)
})

test('G8: a rebalance while members wait for the leader sends them back with 27', () => {
  const sim = world()
  const [leader, other] = stableGroup(sim, 2)
  leader?.sendJoin()
  other?.sendJoin()
  expect(other?.joined?.errorCode).toBe(0)
  other?.sendSync()
  expect(leader?.leave()).toBe(0)
  sim.run(5)
  expect(other?.synced?.errorCode).toBe(27)
})

test('G9: who does not send SyncGroup within the rebalance timeout is out', () => {
  const sim = world()
  const [leader, other] = stableGroup(sim, 2)
  leader?.sendJoin()
  other?.sendJoin()
  expect([leader?.joined?.errorCode, other?.joined?.errorCode]).toEqual([0, 0])
  leader?.sendSync({})
  for (const _ of upTo(4)) {
    expect(leader?.beat()).toBe(0)
    expect(other?.beat()).toBe(0)
    sim.run(5950)
  }
  sim.run(300)
  expect(leader?.beat()).toBe(27)
  expect(other?.beat()).toBe(25)
})

test.each(upTo(4))('G10: Heartbeat v%i is error 22 or 25 for who is not of this generation', (version) => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  const { groupId = '', memberId = '', generationId = 0, client } = member ?? {}
  const ask = (options: Partial<RequestInput<typeof heartbeat>>) => {
    const body = { groupId, memberId, generationId, ...options }
    return sim.ask(heartbeat, version, body, client === undefined ? {} : { client })?.errorCode
  }
  expect(ask({})).toBe(0)
  expect(ask({ generationId: 2 })).toBe(22)
  expect(ask({ memberId: 'stranger' })).toBe(25)
  expect(ask({ groupId: 'nobody' })).toBe(25)
})

test('G10: a member without a sign of life is out after its session timeout, and the others rebalance', () => {
  const sim = world()
  const [first, second] = stableGroup(sim, 2)
  for (const _ of upTo(3)) {
    sim.run(4000)
    first?.beat()
  }
  expect(first?.beat()).toBe(27)
  expect(second?.beat()).toBe(25)
  first?.sendJoin()
  expect(first?.joined?.members).toHaveLength(1)
})

test('G11: a follower that says the same again stays in the generation, a leader begins the next', () => {
  const sim = world()
  const [leader, follower] = stableGroup(sim, 2)
  const { generationId = 0 } = leader ?? {}
  follower?.sendJoin()
  expect(follower?.joined).toMatchObject({ errorCode: 0, generationId, members: [] })
  expect(leader?.beat()).toBe(0)
  leader?.sendJoin()
  expect(follower?.beat()).toBe(27)
  follower?.sendJoin()
  expect(leader?.joined).toMatchObject({ errorCode: 0, generationId: generationId + 1 })
  // Whose answer was lost asks again before the leader has spoken.
  leader?.sendJoin()
  expect(leader?.joined).toMatchObject({ generationId: generationId + 1, members: [{}, {}] })
})

test('G11: a follower that says something new begins the next generation', () => {
  const sim = world()
  const [leader, follower] = stableGroup(sim, 2)
  follower?.sendJoin({ protocols: [{ name: 'range', metadata: subscription(['audit']) }] })
  expect(leader?.beat()).toBe(27)
})

test('G12: a static member that restarts has its part without a rebalance, and its former self is fenced', () => {
  const sim = world()
  const first = new GroupClient(sim, { groupInstanceId: 'one' })
  expect(first.join()?.errorCode).toBe(0)
  first.sendSync({ [first.memberId]: 'part' })
  const again = new GroupClient(sim, { groupInstanceId: 'one' })
  expect(again.join()).toMatchObject({ errorCode: 0, generationId: 1, skipAssignment: true, leader: again.memberId })
  expect(again.memberId).toMatch(/^one-/)
  again.sendSync()
  expect(text(again.synced?.assignment)).toBe('part')
  expect(first.beat()).toBe(82)
  expect(first.commit(1n, { groupInstanceId: 'one' })).toBe(82)
})

test('G12: before version 9 it is not told that it leads, for it would assign', () => {
  const sim = world()
  const first = new GroupClient(sim, { groupInstanceId: 'one' })
  first.join({ version: 7 })
  first.sendSync({ [first.memberId]: 'part' })
  const again = new GroupClient(sim, { groupInstanceId: 'one' })
  expect(again.join({ version: 7 })).toMatchObject({ errorCode: 0, leader: first.memberId, members: [] })
})

test('G12: a static member that waits is fenced when another takes its place', () => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  const first = new GroupClient(sim, { groupInstanceId: 'one' })
  first.sendJoin()
  expect(first.joined).toBeUndefined()
  const again = new GroupClient(sim, { groupInstanceId: 'one' })
  again.sendJoin()
  expect(first.joined?.errorCode).toBe(82)
  member?.sendJoin()
  expect(again.joined).toMatchObject({ errorCode: 0, generationId: 2 })
})

test('G12: a static member that has not come back is of the next generation all the same, if it sends SyncGroup', () => {
  const sim = world()
  const slow = new GroupClient(sim, { groupInstanceId: 'one' })
  slow.join({ sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 1000 })
  slow.sendSync({})
  const other = new GroupClient(sim)
  other.sendJoin({ rebalanceTimeoutMs: 1000 })
  expect(other.joined?.errorCode).toBe(79)
  other.sendJoin({ rebalanceTimeoutMs: 1000 })
  sim.run(1100)
  expect(other.joined).toMatchObject({ errorCode: 0, leader: other.memberId, members: [{}, {}] })
  other.sendSync({})
  expect(stateOf(sim)?.members).toHaveLength(2)
  sim.run(1000)
  other.sendJoin()
  expect(other.joined?.members).toHaveLength(1)
})

test('G12: static members alone that have not come back hold the rebalance up until their sessions end', () => {
  const sim = world()
  const [one, two] = ['one', 'two'].map((groupInstanceId) => new GroupClient(sim, { groupInstanceId }))
  one?.join({ sessionTimeoutMs: 20_000, rebalanceTimeoutMs: 6000 })
  one?.sendSync({})
  two?.sendJoin({ sessionTimeoutMs: 20_000, rebalanceTimeoutMs: 6000 })
  one?.sendJoin({ sessionTimeoutMs: 20_000, rebalanceTimeoutMs: 6000 })
  expect([one?.joined?.errorCode, two?.joined?.errorCode]).toEqual([0, 0])
  one?.sendSync({})
  two?.sendSync({})
  expect(two?.leave()).toBe(0)
  const states = () => [stateOf(sim)?.groupState, stateOf(sim)?.members.length]
  expect(states()).toEqual(['PreparingRebalance', 1])
  sim.run(15_000)
  expect(states()).toEqual(['PreparingRebalance', 1])
  sim.run(10_000)
  expect(states()).toEqual(['Empty', 0])
})

test('G12: an id that was given out is not one of a static member', () => {
  const sim = world()
  const member = new GroupClient(sim)
  member.sendJoin()
  expect(member.joined?.errorCode).toBe(79)
  member.sendJoin({ groupInstanceId: 'one' })
  expect(member.joined?.errorCode).toBe(-1)
})

test.each(upTo(5))('G13: LeaveGroup v%i: the group goes on without the member', (version) => {
  const sim = world()
  const [first, second] = stableGroup(sim, 2)
  const { memberId = '', client } = second ?? {}
  const ask = () => {
    const body = version < 3 ? { memberId } : { members: [{ memberId }, { memberId: 'stranger' }] }
    const options = client === undefined ? {} : { client }
    const answer = sim.ask(leaveGroup, version, { groupId: 'readers', ...body }, options)
    return version < 3 ? [answer?.errorCode] : answer?.members.map(({ errorCode }) => errorCode)
  }
  expect(ask()).toEqual(version < 3 ? [0] : [0, 25])
  expect(first?.beat()).toBe(27)
  expect(ask()).toEqual(version < 3 ? [25] : [25, 25])
  first?.sendJoin()
  expect(first?.joined?.members).toHaveLength(1)
})

test('G13: static members are taken out by their instance id, ids that were given out as well', () => {
  const sim = world()
  const one = new GroupClient(sim, { groupInstanceId: 'one' })
  one.join()
  const fresh = new GroupClient(sim)
  fresh.sendJoin()
  expect(fresh.joined?.errorCode).toBe(79)
  const members = [
    { memberId: '', groupInstanceId: 'one' },
    { memberId: '', groupInstanceId: 'two' },
    { memberId: '', groupInstanceId: null },
    { memberId: fresh.memberId, groupInstanceId: null },
  ]
  const answer = sim.ask(leaveGroup, 5, { groupId: 'readers', members }, { client: one.client })
  expect(answer?.members.map(({ errorCode }) => errorCode)).toEqual([0, 25, 25, 0])
  expect(stateOf(sim)).toMatchObject({ groupState: 'Empty', members: [] })
  expect(sim.ask(leaveGroup, 5, { groupId: 'nobody', members }, { client: one.client })?.errorCode).toBe(0)
})

test('G14: a member too many is error 81, for new ones and for those that come back', () => {
  const sim = world({ groupMaxSize: 2 })
  const [first, second] = stableGroup(sim, 2)
  const third = new GroupClient(sim)
  expect(third.join()?.errorCode).toBe(81)
  expect([first?.beat(), second?.beat()]).toEqual([0, 0])
  // While members gather those count that wait.
  first?.sendJoin()
  expect(third.join()).toBeUndefined()
  expect(new GroupClient(sim).join()?.errorCode).toBe(81)
  second?.sendJoin()
  expect(second?.joined?.errorCode).toBe(81)
})

test('G14: ids are not given out without end', () => {
  const sim = world({ groupMaxSize: 3 })
  const codes = upTo(4).map(() => {
    const member = new GroupClient(sim)
    member.sendJoin()
    return member.joined?.errorCode
  })
  expect(codes).toEqual([79, 79, 79, 81, 81])
})

test.each(upTo(5))(
  'G15: ListGroups v%i: the groups that this broker coordinates, by state and type if asked',
  (version) => {
    const sim = world()
    const [member] = stableGroup(sim, 1)
    const other = new GroupClient(sim, { groupId: 'committer' })
    other.commit(1n)
    const ask = (body: RequestInput<typeof listGroups> = {}) =>
      sim.ask(listGroups, version, body, { client: other.client })?.groups.map(({ groupId }) => groupId)
    expect(ask()?.toSorted()).toEqual(['committer', 'readers'])
    if (version >= 4) expect(ask({ statesFilter: ['stable'] })).toEqual(['readers'])
    if (version >= 5) expect(ask({ typesFilter: ['Classic'] })).toHaveLength(2)
    if (version >= 5) expect(ask({ typesFilter: ['consumer'] })).toEqual([])
    expect(member?.beat()).toBe(0)
  },
)

test.each(upTo(6))('G15: DescribeGroups v%i: state and members, and what is not there', (version) => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  const ask = (groupId: string) => sim.ask(describeGroups, version, { groups: [groupId] })?.groups[0]
  expect(ask('readers')).toMatchObject({
    errorCode: 0,
    groupState: 'Stable',
    protocolType: 'consumer',
    protocolData: 'range',
    members: [{ memberId: member?.memberId, clientId: 'raw', memberMetadata: subscription(['orders']) }],
  })
  expect(text(ask('readers')?.members[0]?.memberAssignment)).toBe('part 0')
  expect(ask('nobody')).toMatchObject({ errorCode: version < 6 ? 0 : 69, groupState: 'Dead', members: [] })
})

test.each(upTo(2))('G16: DeleteGroups v%i: error 68 while somebody is in it, 69 if there is none', (version) => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  member?.commit(5n)
  const ask = () =>
    sim.ask(deleteGroups, version, { groupsNames: ['readers', 'nobody'] })?.results.map(({ errorCode }) => errorCode)
  expect(ask()).toEqual([68, 69])
  member?.leave()
  expect(ask()).toEqual([0, 69])
  expect(member?.committed()).toBe(-1n)
  expect(ask()).toEqual([69, 69])
})

test('G17: a broker does not notice that who waits in JoinGroup has gone: a new member stays for five minutes', () => {
  const sim = world()
  const [first] = stableGroup(sim, 1, { rebalanceTimeoutMs: 900_000 })
  const gone = new GroupClient(sim)
  gone.sendJoin({ rebalanceTimeoutMs: 900_000 })
  expect(gone.joined?.errorCode).toBe(79)
  gone.sendJoin({ rebalanceTimeoutMs: 900_000 })
  gone.client.link.close()
  for (const _ of upTo(34)) {
    sim.run(8000)
    expect(first?.beat()).toBe(27)
  }
  expect(stateOf(sim)?.members).toHaveLength(2)
  sim.run(9000)
  first?.beat()
  sim.run(9000)
  first?.beat()
  sim.run(9000)
  expect(stateOf(sim)?.members).toHaveLength(1)
})

test('groups: requests of one connection that a rebalance answers all at once leave the group whole', () => {
  const sim = world()
  const [first] = stableGroup(sim, 1)
  const second = new GroupClient(sim)
  second.sendJoin()
  expect(second.joined?.errorCode).toBe(79)
  // Behind the JoinGroup that waits: taken the moment it is answered.
  second.sendJoin()
  const { client, memberId, groupId } = second
  const next = client.send(leaveGroup, 5, { groupId, members: [{ memberId, groupInstanceId: null }] })
  first?.sendJoin()
  sim.run(5)
  expect(client.answer(leaveGroup, next)?.members[0]?.errorCode).toBe(0)
  expect(first?.joined).toMatchObject({ errorCode: 0, members: [{}, {}] })
  expect(first?.beat()).toBe(27)
  first?.sendJoin()
  expect(first?.joined).toMatchObject({ errorCode: 0, members: [{}] })
  expect(sim.cluster.findings).toEqual([])
})

test('groups: there are no more than groupsMax; one that nobody uses gives way', () => {
  const sim = world({ groupsMax: 2 })
  const clients = ['a', 'b', 'c'].map((groupId) => new GroupClient(sim, { groupId }))
  const [a, b, c] = clients
  expect(a?.commit(1n)).toBe(0)
  expect(b?.join()?.errorCode).toBe(0)
  expect(c?.join()?.errorCode).toBe(81)
  expect(c?.commit(1n)).toBe(28)
  expect(sim.cluster.findings[0]).toMatchObject({ kind: 'limit', message: expect.stringContaining('groupsMax') })
  expect(b?.leave()).toBe(0)
  expect(c?.join()?.errorCode).toBe(0)
})

test('groups: what members say and committed metadata count against groupBytesMax', () => {
  const sim = world({ groupBytesMax: 4000 })
  const metadata = new Uint8Array(5000)
  const member = new GroupClient(sim)
  expect(member.join({ protocols: [{ name: 'range', metadata }] })?.errorCode).toBe(81)
  expect(member.join()?.errorCode).toBe(0)
  member.sendSync({ [member.memberId]: 'x'.repeat(4000) })
  expect(member.synced?.errorCode).toBe(-1)
  member.sendSync({ [member.memberId]: 'x' })
  expect(member.synced?.errorCode).toBe(0)
  const commit = (length: number) => {
    const partitions = [{ partitionIndex: 0, committedOffset: 1n, committedMetadata: 'x'.repeat(length) }]
    return member.commit(1n, { topics: [{ name: 'orders', partitions }] })
  }
  expect(commit(4000)).toBe(28)
  expect(commit(100)).toBe(0)
  expect(sim.cluster.findings.every(({ kind }) => kind === 'limit')).toBe(true)
})

test('groups: a cluster that is reset has none', () => {
  const sim = world()
  stableGroup(sim, 1)
  sim.cluster.reset()
  expect(sim.ask(listGroups, 5, {})?.groups).toEqual([])
  expect(sim.cluster.topics.map(({ name }) => name)).toEqual(['orders'])
  const [member] = stableGroup(sim, 1)
  expect(member?.generationId).toBe(1)
})

test('groups: a fault answers an error to JoinGroup', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'JoinGroup', nth: 1 }, do: { error: 'COORDINATOR_LOAD_IN_PROGRESS' } })
  const member = new GroupClient(sim)
  expect(member.join()?.errorCode).toBe(14)
  expect(member.join()?.errorCode).toBe(0)
})

test('groups: every step is told', () => {
  const sim = world()
  const [member] = stableGroup(sim, 1)
  member?.leave()
  const told = sim.events.flatMap((event) => (event.event === 'group-state' ? [[event.state, event.generation]] : []))
  expect(told).toEqual([
    ['PreparingRebalance', 0],
    ['CompletingRebalance', 1],
    ['Stable', 1],
    ['PreparingRebalance', 1],
    ['Empty', 2],
  ])
})

test('groups: a member that waits twice is answered where it asked last', () => {
  const sim = world()
  const [first] = stableGroup(sim, 1)
  const second = new GroupClient(sim)
  second.sendJoin()
  expect(second.joined?.errorCode).toBe(79)
  second.sendJoin()
  const again = new GroupClient(sim)
  again.memberId = second.memberId
  again.sendJoin()
  first?.sendJoin()
  expect(again.joined).toMatchObject({ errorCode: 0, memberId: second.memberId })
  expect(second.client.answers).toHaveLength(1)
  expect(
    sim.ask(joinGroup, 0, {
      groupId: 'x',
      sessionTimeoutMs: 6000,
      memberId: 'y',
      protocolType: 'consumer',
      protocols: [],
    })?.errorCode,
  ).toBe(25)
})
