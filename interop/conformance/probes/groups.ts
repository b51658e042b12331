import type { Probe, Step } from '../probe.ts'

/** What a consumer says about itself: it reads the topic `described`, no user data. */
const reads = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 9, ...new TextEncoder().encode('described'), 255, 255, 255, 255)
const range = { name: 'range', metadata: reads }
const other = { name: 'other', metadata: Uint8Array.of() }
const part = new TextEncoder().encode('part')

type Ask = Extract<Step, { readonly ask: unknown }>
type Versions = Probe['versions']

const joins = (max: number, min = 0): Versions => ({ min, max })

/** JoinGroup: who joins is `@me` from then on, and the generation `@generation`. */
function join(body: object = {}, more: Partial<Ask> = {}): Ask {
  const whole = {
    groupId: '%group',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [range],
    ...body,
  }
  return { ask: 'JoinGroup', body: whole, keep: { me: 'memberId', generation: 'generationId' }, ...more }
}

/** A member that is in: it was given its id and came back with it. */
const joined = (more: Partial<Ask> = {}): Step[] => [
  join({}, { version: 5, ...more }),
  join({ memberId: '@me' }, { version: 5, ...more }),
]

function sync(body: object = {}, more: Partial<Ask> = {}): Ask {
  const assignments = [{ memberId: '@me', assignment: part }]
  const whole = { groupId: '%group', generationId: '@generation', memberId: '@me', assignments, ...body }
  return { ask: 'SyncGroup', body: whole, version: 3, ...more }
}

function beat(body: object = {}, more: Partial<Ask> = {}): Ask {
  const whole = { groupId: '%group', generationId: '@generation', memberId: '@me', ...body }
  return { ask: 'Heartbeat', body: whole, version: 3, ...more }
}

/** A group of one member that has its part. */
const stable: Step[] = [...joined(), sync()]

const leaveOne = (body: object = {}, more: Partial<Ask> = {}): Ask => ({
  ask: 'LeaveGroup',
  body: { groupId: '%group', members: [{ memberId: '@me' }], ...body },
  version: 3,
  ...more,
})

const describe = (body: object = {}, more: Partial<Ask> = {}): Ask => ({
  ask: 'DescribeGroups',
  body: { groups: ['%group'], ...body },
  version: 5,
  ...more,
})

const protocolNamed = { protocolType: 'consumer', protocolName: 'range' }

/** G: who is in a group. */
export const groupProbes: readonly Probe[] = [
  ...[
    { versions: joins(3), of: (key: string) => ({ key }) },
    { versions: joins(6, 4), of: (key: string) => ({ coordinatorKeys: [key] }) },
  ].map(
    ({ versions, of }): Probe => ({
      row: 'G1',
      name: `the coordinator of a group, v${versions.min} and up`,
      versions,
      steps: [{ ask: 'FindCoordinator', body: of('%group') }],
    }),
  ),
  {
    row: 'G1',
    name: 'share groups before there were any',
    versions: joins(5, 4),
    steps: [{ ask: 'FindCoordinator', body: { keyType: 2, coordinatorKeys: ['%group'] } }],
  },
  { row: 'G3', name: 'JoinGroup to no group', versions: joins(9), steps: [join({ groupId: '' })] },
  { row: 'G3', name: 'a session of 5999 ms', versions: joins(9), steps: [join({ sessionTimeoutMs: 5999 })] },
  {
    row: 'G3',
    name: 'a session over half an hour',
    versions: joins(9),
    steps: [join({ sessionTimeoutMs: 1_800_001 })],
  },
  {
    row: 'G3',
    name: 'SyncGroup and Heartbeat to no group',
    versions: joins(4),
    steps: [
      sync({ groupId: '', generationId: 1, memberId: 'x', assignments: [] }, { version: undefined }),
      beat({ groupId: '', generationId: 1, memberId: 'x' }, { version: undefined }),
    ],
  },
  { row: 'G4', name: 'a new member of old', versions: joins(3), steps: [join()] },
  { row: 'G4', name: 'a new member', versions: joins(9, 4), steps: [join(), join({ memberId: '@me' })] },
  { row: 'G4', name: 'an id that nobody gave out', versions: joins(9), steps: [join({ memberId: 'stranger' })] },
  {
    row: 'G4',
    name: 'an id that nobody gave out, in a group that exists',
    versions: joins(9),
    steps: [...joined(), join({ memberId: 'stranger' })],
  },
  {
    row: 'G4',
    name: 'an id that was given out, and an instance id',
    versions: joins(9, 5),
    steps: [join(), join({ memberId: '@me', groupInstanceId: 'one' })],
  },
  {
    row: 'G5',
    name: 'a second member is answered when the first is back',
    versions: joins(9, 5),
    steps: [
      ...stable,
      join({}, { on: 'b', keep: { you: 'memberId' } }),
      join({ memberId: '@you' }, { on: 'b', pipelined: true }),
      // Two connections: the broker may take the later one first.
      { silentForMs: 300, on: 'b' },
      beat(),
      join({ memberId: '@me' }),
      beat({ memberId: '@you' }, { on: 'b' }),
      sync({ assignments: [{ memberId: '@you', assignment: part }] }, { pipelined: true }),
      beat(),
      sync({ memberId: '@you', assignments: [] }, { on: 'b' }),
      describe(),
    ],
  },
  {
    row: 'G7',
    name: 'protocols that do not fit',
    versions: joins(9),
    steps: [...stable, join({ protocols: [other] }), join({ protocolType: 'connect' }), join({ protocols: [] })],
  },
  { row: 'G7', name: 'no protocols', versions: joins(9), steps: [join({ protocols: [] })] },
  { row: 'G7', name: 'no protocol type', versions: joins(9), steps: [join({ protocolType: '' })] },
  {
    row: 'G8',
    name: 'the leader, and again',
    versions: joins(4),
    steps: [...joined(), sync({}, { version: undefined }), sync({ assignments: [] }, { version: undefined })],
  },
  {
    row: 'G8',
    name: 'the leader names the protocol',
    versions: joins(5, 5),
    steps: [...joined(), sync(protocolNamed, { version: undefined })],
  },
  {
    row: 'G8',
    name: 'another protocol, and none',
    versions: joins(5, 5),
    steps: [
      ...joined(),
      sync({ ...protocolNamed, protocolName: 'other' }, { version: undefined }),
      sync({ ...protocolNamed, protocolType: 'connect' }, { version: undefined }),
      sync({}, { version: undefined }),
    ],
  },
  {
    row: 'G8',
    name: 'an empty part for who was forgotten',
    versions: joins(4),
    steps: [...joined(), sync({ assignments: [] }, { version: undefined })],
  },
  {
    row: 'G8',
    name: 'a stranger, another generation, no such group',
    versions: joins(4),
    steps: [
      ...joined(),
      sync({ memberId: 'stranger' }, { version: undefined }),
      sync({ generationId: 9 }, { version: undefined }),
      sync({ groupId: 'nobody' }, { version: undefined }),
    ],
  },
  {
    row: 'G10',
    name: 'before and after the part, another generation, a stranger, no such group',
    versions: joins(4),
    steps: [
      ...joined(),
      beat({}, { version: undefined }),
      sync(),
      beat({}, { version: undefined }),
      beat({ generationId: 9 }, { version: undefined }),
      beat({ memberId: 'stranger' }, { version: undefined }),
      beat({ groupId: 'nobody' }, { version: undefined }),
    ],
  },
  {
    row: 'G11',
    name: 'the leader joins again',
    versions: joins(9),
    steps: [...joined(), join({ memberId: '@me' }), sync(), join({ memberId: '@me' })],
  },
  {
    row: 'G11',
    name: 'a member that says something new',
    versions: joins(9),
    steps: [...joined(), join({ memberId: '@me', protocols: [range, other] })],
  },
  {
    row: 'G12',
    name: 'a static member is back',
    versions: joins(9, 5),
    steps: [
      join({ groupInstanceId: 'one' }, { keep: { me: 'memberId', former: 'memberId', generation: 'generationId' } }),
      sync(),
      join({ groupInstanceId: 'one' }),
      beat({ memberId: '@former', groupInstanceId: 'one' }),
      beat({ memberId: '@former' }),
      beat({ groupInstanceId: 'one' }),
      beat({ groupInstanceId: 'two' }),
      sync({ assignments: [] }),
      describe(),
    ],
  },
  {
    row: 'G12',
    name: 'a static member is back before it has its part',
    versions: joins(9, 5),
    steps: [
      join({ groupInstanceId: 'one' }, { keep: { former: 'memberId', generation: 'generationId' } }),
      join({ groupInstanceId: 'one' }),
      beat({ groupInstanceId: 'one' }),
    ],
  },
  {
    row: 'G13',
    name: 'one leaves',
    versions: joins(2),
    steps: [
      ...stable,
      leaveOne({ members: undefined, memberId: 'stranger' }, { version: undefined }),
      leaveOne({ members: undefined, memberId: '@me' }, { version: undefined }),
      leaveOne({ members: undefined, memberId: '@me' }, { version: undefined }),
      leaveOne({ groupId: 'nobody', members: undefined, memberId: '@me' }, { version: undefined }),
      leaveOne({ groupId: '', members: undefined, memberId: '@me' }, { version: undefined }),
      describe(),
    ],
  },
  {
    row: 'G13',
    name: 'several leave',
    versions: joins(5, 3),
    steps: [
      ...stable,
      leaveOne(
        {
          members: [
            { memberId: 'stranger' },
            { memberId: '', groupInstanceId: 'one' },
            { memberId: '@me', groupInstanceId: 'one' },
            { memberId: '' },
          ],
        },
        { version: undefined },
      ),
      leaveOne({}, { version: undefined }),
      leaveOne({}, { version: undefined }),
      leaveOne({ groupId: 'nobody' }, { version: undefined }),
      describe(),
    ],
  },
  {
    row: 'G13',
    name: 'a static member is taken out, and one that never came',
    versions: joins(5, 3),
    steps: [
      join({ groupInstanceId: 'one' }, { version: 5 }),
      join({}, { version: 5 }),
      leaveOne({ members: [{ memberId: '', groupInstanceId: 'one' }, { memberId: '@me' }] }, { version: undefined }),
      describe(),
    ],
  },
  {
    row: 'G15',
    name: 'a group at every stage, and none',
    versions: joins(6),
    steps: [
      describe({}, { version: undefined }),
      // In between a broker answers from what is written down, and that may be a moment later.
      join({}, { version: 5 }),
      join({ memberId: '@me' }, { version: 5 }),
      describe({}, { version: undefined }),
      sync(),
      describe({}, { version: undefined }),
      leaveOne(),
      describe({}, { version: undefined }),
      describe({ groups: ['nobody', ''] }, { version: undefined }),
    ],
  },
  {
    row: 'G15',
    name: 'what one may do with a group',
    versions: joins(6, 3),
    steps: [...stable, describe({ includeAuthorizedOperations: true }, { version: undefined })],
  },
  {
    row: 'G15',
    name: 'it is listed',
    versions: joins(5),
    steps: [...stable, { ask: 'ListGroups', body: {} }],
  },
  {
    row: 'G15',
    name: 'it is listed by its state',
    versions: joins(5, 4),
    steps: [
      ...stable,
      { ask: 'ListGroups', body: { statesFilter: ['stable'] } },
      { ask: 'ListGroups', body: { statesFilter: ['Empty', 'Nonsense'] } },
    ],
  },
  {
    row: 'G15',
    name: 'it is listed by its type',
    versions: joins(5, 5),
    steps: [
      ...stable,
      { ask: 'ListGroups', body: { typesFilter: ['Classic'] } },
      { ask: 'ListGroups', body: { typesFilter: ['consumer'] } },
    ],
  },
  {
    row: 'G16',
    name: 'while somebody is in it, afterwards, and one that is not there',
    versions: joins(2),
    steps: [
      ...stable,
      { ask: 'DeleteGroups', body: { groupsNames: ['%group', 'nobody', '%group'] } },
      leaveOne(),
      { ask: 'DeleteGroups', body: { groupsNames: ['%group'] } },
      { ask: 'DeleteGroups', body: { groupsNames: ['%group', ''] } },
    ],
  },
]
