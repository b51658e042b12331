import { initProducerId, metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { type FaultAction, type FaultRule, FaultRuleError } from '../src/core.ts'
import { batchOf, Simulation } from './simulated.ts'

/** What rules do to the cluster: leaders, replicas, topics, brokers, clocks and disks. */

const orders0 = { topic: 'orders', partition: 0 }

function world(config: Record<string, string | number> = {}): Simulation {
  const topics = { orders: { partitions: 3, replicas: 3, config }, payments: 1 }
  return new Simulation({ brokers: 3, topics })
}

function state(sim: Simulation, partition = 0) {
  return sim.cluster.admin.describe({ topic: 'orders', partition })
}

function describeTopic(sim: Simulation, broker = 1, topic = 'orders') {
  const answer = sim.ask(metadata, 9, { topics: [{ name: topic }], allowAutoTopicCreation: false }, { broker })
  return answer?.topics[0]
}

/** The rule acts at once. */
function now(sim: Simulation, action: FaultAction) {
  const fault = sim.cluster.fault({ at: 0, do: action })
  sim.run(1)
  return fault
}

test('no-leader: brokers and Metadata say that nobody leads, and a replica in sync is elected in time', () => {
  const sim = world()
  now(sim, { 'no-leader': orders0, for: '1s' })
  expect(sim.produce(batchOf(1))).toMatchObject({ errorCode: 6, currentLeader: { leaderId: -1 } })
  expect(describeTopic(sim)?.partitions[0]).toMatchObject({ errorCode: 5, leaderId: -1, isrNodes: [1, 2, 3] })
  expect(describeTopic(sim)?.partitions[1]).toMatchObject({ errorCode: 0, leaderId: 2 })
  sim.run(1000)
  expect([sim.produce(batchOf(1))?.errorCode, state(sim).leaderEpoch]).toEqual([0, 2])
})

test('no-leader: of a whole topic, until the rule is taken out', () => {
  const sim = world()
  const fault = now(sim, { 'no-leader': { topic: 'orders' } })
  const leaders = () => [0, 1, 2].map((partition) => state(sim, partition).leader)
  sim.run(60_000)
  expect(leaders()).toEqual([-1, -1, -1])
  fault.remove()
  expect(leaders()).toEqual([1, 2, 3])
})

test('no-leader: a request sets it off and is the first to be refused', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce', nth: 2 }, do: { 'no-leader': orders0 } })
  expect([sim.produce(batchOf(1))?.errorCode, sim.produce(batchOf(1))?.errorCode]).toEqual([0, 6])
})

test('shrink-isr: while nobody leads nobody falls out of sync, so that somebody can lead again', () => {
  const sim = world()
  now(sim, { 'no-leader': orders0, for: '1s' })
  now(sim, { 'shrink-isr': orders0, for: '2s' })
  expect(state(sim).isr).toEqual([1, 2, 3])
  sim.run(1000)
  expect(sim.produce(batchOf(1), { acks: 1 })?.errorCode).toBe(0)
})

test('no-leader: another leader by the time that it ends is left alone', () => {
  const sim = world()
  now(sim, { 'no-leader': orders0, for: '1s' })
  sim.cluster.moveLeader({ ...orders0, to: 3 })
  sim.run(2000)
  expect(state(sim)).toMatchObject({ leader: 3, leaderEpoch: 2 })
})

test('shrink-isr: too few in sync refuse acks=all, not acks=1, until it is over', () => {
  const sim = world({ 'min.insync.replicas': 2 })
  now(sim, { 'shrink-isr': orders0, for: '1s' })
  expect(state(sim).isr).toEqual([1])
  expect([sim.produce(batchOf(1))?.errorCode, sim.produce(batchOf(1), { acks: 1 })?.errorCode]).toEqual([19, 0])
  sim.run(1000)
  expect([state(sim).isr.toSorted(), sim.produce(batchOf(1))?.errorCode]).toEqual([[1, 2, 3], 0])
})

test('shrink-isr: only the replicas named; grow-isr: by a rule of its own, after an event', () => {
  const sim = world()
  sim.cluster.fault({ name: 'shrink', on: { api: 'Produce', nth: 1 }, do: { 'shrink-isr': { ...orders0, out: [3] } } })
  sim.cluster.fault({ once: { hit: 'shrink' }, at: '500ms', do: { 'grow-isr': orders0 } })
  sim.run(2000)
  sim.produce(batchOf(1))
  expect(state(sim).isr).toEqual([1, 2])
  sim.run(500)
  expect(state(sim).isr).toEqual([1, 2, 3])
  sim.cluster.assertFaultsConsumed()
})

test('lag: acks=all waits for the slowest in sync, elsewhere and afterwards it does not', () => {
  const sim = world()
  now(sim, { lag: '80ms', broker: 3, topic: 'orders', partition: 0, for: '1s' })
  const answersWithin5Ms = (partition: number) =>
    sim.produce(batchOf(1), { partition, broker: partition + 1 })?.errorCode
  expect([answersWithin5Ms(0), answersWithin5Ms(1)]).toEqual([undefined, 0])
  sim.run(1000)
  expect(answersWithin5Ms(0)).toBe(0)
})

test('lag: for ever, on every broker, and back to what is configured', () => {
  const sim = new Simulation({ brokers: 3, replicationLagMs: 2, topics: { orders: 1 } })
  const fault = now(sim, { lag: 'for-ever' })
  expect(sim.produce(batchOf(1))).toBeUndefined()
  sim.run(40_000)
  expect(state(sim).isr).toEqual([1])
  fault.remove()
  sim.run(5)
  expect(state(sim)).toMatchObject({ isr: [1, 2, 3], highWatermark: 1n })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
})

test('unclean-election: what the new leader lacks is lost, acknowledged or not', () => {
  const sim = world()
  sim.produce(batchOf(1))
  now(sim, { 'shrink-isr': { ...orders0, out: [3] } })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
  now(sim, { 'unclean-election': { ...orders0, to: 3 } })
  expect([state(sim).leader, sim.cluster.records('orders', 0).length]).toEqual([3, 1])
  expect(sim.cluster.delivery().counts).toMatchObject({ ackedButLost: 1 })
})

test('lose-producer-state: a retry is written again, and a gap goes unseen', () => {
  const sim = world()
  const batch = (baseSequence: number) => batchOf(1, { producerId: 7n, baseSequence })
  sim.produce(batch(0))
  expect([sim.produce(batch(0))?.baseOffset, sim.produce(batch(9))?.errorCode]).toEqual([0n, 45])
  now(sim, { 'lose-producer-state': { topic: 'orders' } })
  expect(sim.produce(batch(0))).toMatchObject({ errorCode: 0, baseOffset: 1n })
  now(sim, { 'lose-producer-state': orders0 })
  expect(sim.produce(batch(9))).toMatchObject({ errorCode: 0, baseOffset: 2n })
  expect(sim.events).toContainEqual(expect.objectContaining({ event: 'producers-forgotten', ...orders0 }))
})

test('lose-producer-state: with keep the last batch is known, those before it are out of order', () => {
  const sim = world()
  const batch = (baseSequence: number) => batchOf(1, { producerId: 7n, baseSequence })
  for (const sequence of [0, 1]) sim.produce(batch(sequence))
  now(sim, { 'lose-producer-state': orders0, keep: 'last' })
  expect([sim.produce(batch(1))?.baseOffset, sim.produce(batch(0))?.errorCode]).toEqual([1n, 45])
})

test('stale-metadata: one broker tells who led before, so epochs go backwards for whoever asks in turn', () => {
  const sim = world()
  now(sim, { 'stale-metadata': 2, for: '1s' })
  sim.cluster.moveLeader({ ...orders0, to: 3 })
  const told = (broker: number) => {
    const { leaderId, leaderEpoch } = describeTopic(sim, broker)?.partitions[0] ?? {}
    return [leaderId, leaderEpoch]
  }
  expect([told(1), told(2), told(3)]).toEqual([
    [3, 1],
    [1, 0],
    [3, 1],
  ])
  sim.run(1000)
  expect(told(2)).toEqual([3, 1])
})

test('stale-metadata: of all brokers, nobody tells of new partitions', () => {
  const sim = world()
  const fault = now(sim, { 'stale-metadata': 'all' })
  now(sim, { 'add-partitions': { topic: 'orders', count: 5 } })
  const counts = () => [1, 2, 3].map((broker) => describeTopic(sim, broker)?.partitions.length)
  expect(counts()).toEqual([3, 3, 3])
  fault.remove()
  expect(counts()).toEqual([5, 5, 5])
  expect(sim.produce(batchOf(1), { partition: 4, broker: state(sim, 4).leader })?.errorCode).toBe(0)
})

test('delete-topic: it is gone, and there again in time: empty, with another id', () => {
  const sim = world()
  sim.produce(batchOf(1))
  const { id } = sim.cluster.topics[0]!
  now(sim, { 'delete-topic': 'orders', for: '1s' })
  expect([describeTopic(sim)?.errorCode, sim.produce(batchOf(1))?.errorCode]).toEqual([3, 3])
  sim.run(1000)
  expect(describeTopic(sim)).toMatchObject({ errorCode: 0, partitions: { length: 3 } })
  const again = sim.cluster.topics.find(({ name }) => name === 'orders')
  expect([again?.id === id, sim.cluster.records('orders')]).toEqual([false, []])
})

test('delete-topic: a topic that a client has made meanwhile is left alone', () => {
  const sim = world()
  now(sim, { 'delete-topic': 'orders', for: '1s' })
  sim.ask(metadata, 9, { topics: [{ name: 'orders' }], allowAutoTopicCreation: true })
  sim.run(2000)
  expect([describeTopic(sim)?.partitions.length, sim.cluster.findings]).toEqual([1, []])
})

test('recreate-topic: the old id is unknown to the very request that set it off', () => {
  const sim = world()
  const topicId = sim.cluster.topics[0]!.id
  sim.produce(batchOf(1), { version: 13, topicId })
  sim.cluster.fault({ on: { api: 'Produce', topic: 'orders' }, do: { 'recreate-topic': 'orders' } })
  expect(sim.produce(batchOf(1), { version: 13, topicId })?.errorCode).toBe(100)
  expect(sim.produce(batchOf(1), { version: 13 })).toMatchObject({ errorCode: 0, baseOffset: 0n })
})

test('add-broker, remove-broker: every broker that a client knew is replaced, and no record is lost', () => {
  const sim = world()
  for (const partition of [0, 1, 2]) sim.produce(batchOf(1), { partition, broker: partition + 1 })
  for (const id of [4, 5, 6]) sim.cluster.fault({ at: 0, do: { 'add-broker': { id } } })
  for (const id of [1, 2, 3]) sim.cluster.fault({ at: id * 50, do: { 'remove-broker': id } })
  sim.run(1000)
  expect(sim.cluster.brokers.map(({ id }) => id)).toEqual([4, 5, 6])
  const answer = describeTopic(sim, 4)
  expect(answer?.partitions.every(({ leaderId, isrNodes }) => leaderId > 3 && isrNodes.length === 3)).toBe(true)
  expect([sim.cluster.records('orders').length, sim.cluster.findings]).toEqual([3, []])
})

test('remove-broker: the last one stays, and that is found', () => {
  const sim = new Simulation()
  now(sim, { 'remove-broker': 1 })
  expect(sim.cluster.findings.map(({ message }) => message)).toEqual([
    'fault "fault 1" could not act: broker 1 is the last one',
  ])
})

test('clock-skew: shows in LogAppendTime and in timestamps from the future, and ends', () => {
  const sim = world({ 'message.timestamp.type': 'LogAppendTime' })
  const appendTime = () => sim.produce(batchOf(1))?.logAppendTimeMs ?? 0n
  const before = appendTime()
  const fault = now(sim, { 'clock-skew': 'all', ahead: '1h' })
  expect(Number(appendTime() - before)).toBeGreaterThanOrEqual(3_600_000)
  fault.remove()
  now(sim, { 'clock-skew': 1, behind: '1h', for: '1s' })
  expect(Number(appendTime() - before)).toBeLessThan(-3_500_000)
  sim.run(1000)
  expect(Math.abs(Number(appendTime() - before))).toBeLessThan(3000)
})

test('disk-full: the broker refuses, others lead, and it follows again when it is over', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce', nth: 1 }, do: { 'disk-full': 'leader', for: '1s' } })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(56)
  expect(describeTopic(sim)?.partitions[0]).toMatchObject({ leaderId: 2, isrNodes: [2, 3], offlineReplicas: [1] })
  expect(sim.produce(batchOf(1), { broker: 2 })?.errorCode).toBe(0)
  sim.run(1000)
  expect(state(sim)).toMatchObject({ leader: 2, isr: [2, 3, 1], highWatermark: 1n })
})

test('disk-full: of every broker, nobody leads until it is over, and nothing is lost', () => {
  const sim = world()
  sim.produce(batchOf(1))
  now(sim, { 'disk-full': 'all', for: '1s' })
  expect([sim.produce(batchOf(1))?.errorCode, state(sim).leader]).toEqual([56, -1])
  sim.run(1000)
  expect([sim.produce(batchOf(1), { broker: state(sim).leader })?.errorCode, state(sim).highWatermark]).toEqual([0, 2n])
})

test('roll: to another release, at other ports', () => {
  const sim = world()
  const ports = sim.cluster.brokers.map(({ port }) => port)
  now(sim, { roll: 'all', down: '10ms', pause: '10ms', to: '2.8', ports: 'new' })
  sim.run(200)
  const after = sim.cluster.brokers.map(({ port }) => port)
  expect(after.filter((port) => ports.includes(port))).toEqual([])
  expect(sim.cluster.brokers.every(({ isRunning }) => isRunning)).toBe(true)
  const client = sim.client()
  client.send(initProducerId, 5, { transactionalId: null, transactionTimeoutMs: 0 })
  sim.run(5)
  expect(client.closed).toBe('fin')
})

test('kill-broker: all at once', () => {
  const sim = world()
  now(sim, { 'kill-broker': 'all', for: '1s' })
  expect(sim.cluster.brokers.map(({ isRunning }) => isRunning)).toEqual([false, false, false])
  sim.run(1000)
  expect(sim.cluster.brokers.map(({ isRunning }) => isRunning)).toEqual([true, true, true])
})

test.each<[string, FaultAction]>([
  ['no topic "ordres", did you mean "orders"?', { 'no-leader': { topic: 'ordres' } }],
  ['topic "orders" has partitions 0 to 2, not 7', { 'shrink-isr': { topic: 'orders', partition: 7 } }],
  ['no broker 9; there are 1, 2, 3', { 'disk-full': 9 }],
  ['topic "orders" has 3 partitions and cannot have 2', { 'add-partitions': { topic: 'orders', count: 2 } }],
  ['id: 2 is already taken', { 'add-broker': { id: 2 } }],
  ['no topic "none"', { 'recreate-topic': 'none' }],
])('what a rule cannot do is found, with the name of the rule: %s', (message, action) => {
  const sim = world()
  sim.cluster.fault({ name: 'mine', at: 0, do: action })
  sim.run(5)
  expect(sim.cluster.findings.map((finding) => finding.message)).toEqual([`fault "mine" could not act: ${message}`])
})

test('what a rule would put right and is gone by then is no finding', () => {
  const sim = world()
  now(sim, { 'no-leader': orders0, for: '1s' })
  now(sim, { 'stale-metadata': 3, for: '1s' })
  sim.cluster.admin.deleteTopic('orders')
  sim.cluster.admin.removeBroker(3, () => {})
  sim.run(2000)
  expect(sim.cluster.findings).toEqual([])
})

test.each<[string, FaultRule]>([
  ['a clock is either `ahead` or `behind`', { at: 0, do: { 'clock-skew': 1 } }],
  ['goes with `topic`', { at: 0, do: { lag: 1, partition: 1 } }],
  ['a rule with `at` has no request to take a leader from', { at: 0, do: { 'disk-full': 'leader' } }],
])('a rule that makes no sense is refused: %s', (message, rule) => {
  const sim = world()
  expect(() => sim.cluster.fault(rule)).toThrow(FaultRuleError)
  expect(() => sim.cluster.fault(rule)).toThrow(message)
})
