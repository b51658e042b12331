import { fetch, listOffsets, metadata, produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import type { ClusterOptions } from '../src/core.ts'
import { batchOf, Simulation, wallStartMs } from './simulated.ts'

/** What acks mean: replicas, who is in sync, elections, and what producers are remembered by. */

const orders = { topic: 'orders', partition: 0 }

function world(options: ClusterOptions & { config?: Record<string, string | number> } = {}): Simulation {
  const { config = {}, ...rest } = options
  return new Simulation({ brokers: 3, topics: { orders: { partitions: 1, replicas: 3, config } }, ...rest })
}

/** Produces to partition 0 of its leader on a connection of its own, and does not wait. */
function pending(sim: Simulation, options: { acks?: number; timeoutMs?: number; records?: Uint8Array } = {}) {
  const { acks = -1, timeoutMs = 1000, records = batchOf(2) } = options
  const client = sim.client(sim.cluster.leader('orders', 0).id)
  const topicData = [{ name: 'orders', partitionData: [{ index: 0, records }] }]
  const id = client.send(produce, 10, { transactionalId: null, acks, timeoutMs, topicData })
  sim.run(1)
  return {
    client,
    answer: () => client.answer(produce, id)?.responses[0]?.partitionResponses[0],
    whole: () => client.answer(produce, id),
  }
}

function read(sim: Simulation, broker: number, version = 12) {
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 << 20 }]
  const body = { maxWaitMs: 0, minBytes: 1, topics: [{ topic: 'orders', partitions }] }
  const one = sim.ask(fetch, version, body, { broker })?.responses[0]?.partitions[0]
  return { errorCode: one?.errorCode, highWatermark: one?.highWatermark, bytes: one?.records?.length }
}

function latest(sim: Simulation, broker: number, version = 5) {
  const partitions = [{ partitionIndex: 0, timestamp: -1n }]
  const topics = [{ name: 'orders', partitions }]
  const one = sim.ask(listOffsets, version, { replicaId: -1, topics }, { broker })?.topics[0]?.partitions[0]
  return [one?.errorCode, one?.offset]
}

test('replication: by default every replica has a batch before it is acknowledged', () => {
  const sim = world()
  expect(sim.produce(batchOf(3))).toMatchObject({ errorCode: 0, baseOffset: 0n })
  const replicas = [1, 2, 3].map((broker) => ({ broker, endOffset: 3n }))
  expect(sim.cluster.admin.describe(orders)).toMatchObject({ isr: [1, 2, 3], highWatermark: 3n, replicas })
})

test('replication: acks=all waits for the slowest replica in sync, acks=1 for none', () => {
  const sim = world()
  sim.cluster.admin.setLag(50, { broker: 3 })
  const one = pending(sim, { acks: 1 })
  const all = pending(sim)
  expect([one.answer()?.errorCode, all.answer()]).toEqual([0, undefined])
  sim.run(47)
  expect(all.answer()).toBeUndefined()
  sim.run(3)
  expect(all.answer()).toMatchObject({ errorCode: 0, baseOffset: 2n })
})

test('F6: a Produce that waits for replicas blocks the requests behind it', () => {
  const sim = world()
  sim.cluster.admin.setLag(200)
  const { client, answer } = pending(sim)
  const behind = client.send(metadata, 9, { topics: [] })
  sim.run(150)
  expect([answer(), client.answer(metadata, behind)]).toEqual([undefined, undefined])
  sim.run(100)
  expect(answer()?.errorCode).toBe(0)
  expect(client.answer(metadata, behind)?.errorCode).toBe(0)
})

test('consumers see nothing above the high watermark', () => {
  const sim = world()
  sim.cluster.admin.setLag(100, { broker: 2 })
  pending(sim, { acks: 1 })
  expect(read(sim, 1)).toEqual({ errorCode: 0, highWatermark: 0n, bytes: 0 })
  expect(latest(sim, 1)).toEqual([0, 0n])
  sim.run(100)
  expect(read(sim, 1)).toMatchObject({ highWatermark: 2n, bytes: batchOf(2).length })
  expect(latest(sim, 1)).toEqual([0, 2n])
})

test('consumers: from version 11 on a follower answers what it has, before that it is error 6', () => {
  const sim = world()
  sim.produce(batchOf(2))
  expect(read(sim, 2, 10).errorCode).toBe(6)
  expect(read(sim, 2, 11)).toEqual({ errorCode: 0, highWatermark: 2n, bytes: batchOf(2).length })
})

test('B12: a broker whose disk failed answers error 56, without log start', () => {
  const sim = world()
  sim.cluster.admin.setLogDirOffline(1, true)
  expect(sim.produce(batchOf(1))).toMatchObject({ errorCode: 56, baseOffset: -1n, logStartOffset: -1n })
  expect(read(sim, 1).errorCode).toBe(56)
  // Others lead meanwhile (KIP-858), and go on when it is whole again.
  expect(sim.produce(batchOf(1), { broker: 2 })?.errorCode).toBe(0)
  sim.cluster.admin.setLogDirOffline(1, false)
  expect(sim.produce(batchOf(1))?.errorCode).toBe(6)
  expect(sim.cluster.admin.describe({ topic: 'orders', partition: 0 }).isr.toSorted()).toEqual([1, 2, 3])
})

test('B13: never more replicas are wanted than there are', () => {
  const sim = new Simulation({ topics: { orders: { replicas: 1, config: { 'min.insync.replicas': 2 } } } })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
})

test('B13, B38: replicas out of sync bring error 19 before the append, and they come back when they have caught up', () => {
  const sim = world({ config: { 'min.insync.replicas': 2 } })
  sim.cluster.admin.shrinkIsr(orders)
  expect(sim.produce(batchOf(1))).toMatchObject({ errorCode: 19, logStartOffset: 0n })
  expect(sim.produce(batchOf(1), { acks: 1 })?.errorCode).toBe(0)
  expect(sim.cluster.admin.describe(orders)).toMatchObject({ isr: [1], highWatermark: 0n })
  sim.cluster.admin.restoreIsr(orders)
  expect(sim.cluster.admin.describe(orders)).toMatchObject({ isr: [1, 2, 3], highWatermark: 1n })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
})

test.each([250, 0, -5])(
  'B37: replicas that do not follow within %i ms are error 7, with the offset, and the records stay',
  (timeoutMs) => {
    const sim = world()
    sim.cluster.admin.setLag(Number.POSITIVE_INFINITY, { broker: 2 })
    const { answer } = pending(sim, { timeoutMs })
    if (timeoutMs > 0) {
      sim.run(timeoutMs - 5)
      expect(answer()).toBeUndefined()
      sim.run(5)
    }
    expect(answer()).toMatchObject({ errorCode: 7, baseOffset: 0n })
    expect(sim.cluster.records('orders', 0)).toHaveLength(2)
  },
)

test('B38: in sync too few when everybody else has it: error 20, with the offset, and the records stay', () => {
  const sim = world({ config: { 'min.insync.replicas': 2 } })
  sim.cluster.admin.setLag(20)
  const { answer } = pending(sim)
  // Both followers have it now; before the answer leaves, they are out.
  sim.runtime.clock.wakeAt(sim.nowMs + 19, () => sim.cluster.admin.shrinkIsr(orders))
  sim.run(18)
  expect(answer()).toBeUndefined()
  sim.run(2)
  expect(answer()).toMatchObject({ errorCode: 20, baseOffset: 0n })
  expect(sim.cluster.records('orders', 0)).toHaveLength(2)
})

test('B39: leadership lost while waiting is error 6, with the offset and the new leader', () => {
  const sim = world()
  sim.cluster.admin.setLag(Number.POSITIVE_INFINITY, { broker: 3 })
  const { answer, whole } = pending(sim)
  sim.cluster.moveLeader({ ...orders, to: 2 })
  sim.run(1)
  expect(answer()).toMatchObject({ errorCode: 6, baseOffset: 0n, currentLeader: { leaderId: 2, leaderEpoch: 1 } })
  expect(whole()?.nodeEndpoints).toMatchObject([{ nodeId: 2 }])
  // Broker 2 was in sync, so here the record survived.
  expect(sim.cluster.records('orders', 0)).toHaveLength(2)
})

test('B39: a broker that shuts down answers those who wait before it closes the door', () => {
  const sim = world()
  sim.cluster.admin.setLag(Number.POSITIVE_INFINITY, { broker: 3 })
  const { client, answer } = pending(sim)
  sim.cluster.broker(1).stop()
  sim.run(5)
  expect(answer()).toMatchObject({ errorCode: 6, baseOffset: 0n })
  expect(client.closed).toBe('fin')
})

test('B39: a topic deleted while waiting is error 3', () => {
  const sim = world()
  sim.cluster.admin.setLag(Number.POSITIVE_INFINITY)
  const { answer } = pending(sim)
  sim.cluster.admin.deleteTopic('orders')
  sim.run(1)
  expect(answer()?.errorCode).toBe(3)
})

test('B40: acks=1 and a leader that is killed before its followers have it: acknowledged, and lost', () => {
  const sim = world()
  sim.cluster.admin.setLag(100)
  const { answer } = pending(sim, { acks: 1 })
  expect(answer()?.errorCode).toBe(0)
  sim.cluster.broker(1).kill()
  sim.run(200)
  expect(sim.cluster.leader('orders', 0)).toEqual({ id: 2, epoch: 1 })
  expect(sim.cluster.records('orders', 0)).toEqual([])
  // The former leader comes back and throws away what nobody else has.
  sim.cluster.broker(1).start()
  sim.run(200)
  expect(sim.events).toContainEqual(
    expect.objectContaining({ event: 'log-truncated', broker: 1, endOffset: 0n, records: 2 }),
  )
  expect(sim.cluster.admin.describe(orders)).toMatchObject({ isr: [2, 3, 1], leader: 2 })
})

test('B40: the same with acks=all is never acknowledged', () => {
  const sim = world()
  sim.cluster.admin.setLag(100)
  const { client, answer } = pending(sim)
  sim.cluster.broker(1).kill()
  sim.run(200)
  expect([answer(), client.closed]).toEqual([undefined, 'reset'])
})

const idempotent = (at: number) => batchOf(1, { producerId: 7n, producerEpoch: 0, baseSequence: at })

function fiveBatches(): Simulation {
  const sim = world({ brokers: 1, topics: { orders: 1 } })
  for (let at = 0; at < 5; at++) expect(sim.produce(idempotent(at))?.errorCode).toBe(0)
  return sim
}

test('B42: after a shutdown in good order only the last batch of a producer is known', () => {
  const sim = fiveBatches()
  expect(sim.produce(idempotent(3))).toMatchObject({ errorCode: 0, baseOffset: 3n })
  sim.cluster.broker(1).stop()
  sim.run(5)
  sim.cluster.broker(1).start()
  sim.run(5)
  expect(sim.produce(idempotent(3))?.errorCode).toBe(45)
  expect(sim.produce(idempotent(4))).toMatchObject({ errorCode: 0, baseOffset: 4n })
  expect(sim.produce(idempotent(5))).toMatchObject({ errorCode: 0, baseOffset: 5n })
})

test('B42: a broker that was killed reads the log behind its last snapshot, and knows five', () => {
  const sim = fiveBatches()
  sim.cluster.broker(1).kill()
  sim.run(5)
  sim.cluster.broker(1).start()
  sim.run(5)
  expect(sim.produce(idempotent(0))).toMatchObject({ errorCode: 0, baseOffset: 0n })
})

test('B43: a new leader knows the batches that were replicated to it, and no others', () => {
  const sim = world()
  sim.produce(idempotent(0))
  sim.cluster.admin.setLag(Number.POSITIVE_INFINITY)
  pending(sim, { acks: 1, records: idempotent(1) })
  sim.cluster.broker(1).kill()
  sim.run(5)
  const broker = sim.cluster.leader('orders', 0).id
  expect(sim.produce(idempotent(0), { broker, acks: 1 })).toMatchObject({ errorCode: 0, baseOffset: 0n })
  expect(sim.produce(idempotent(2), { broker, acks: 1 })?.errorCode).toBe(45)
  expect(sim.produce(idempotent(1), { broker, acks: 1 })).toMatchObject({ errorCode: 0, baseOffset: 1n })
})

test('B33: producer state that was lost accepts any sequence', () => {
  const sim = world()
  sim.produce(idempotent(0))
  expect(sim.produce(idempotent(9))?.errorCode).toBe(45)
  sim.cluster.admin.loseProducerState(orders)
  expect(sim.produce(idempotent(9))).toMatchObject({ errorCode: 0, baseOffset: 1n })
})

test('B44: producers are known although their records were deleted, also after a restart', () => {
  const sim = fiveBatches()
  const { admin } = sim.cluster
  admin.deleteRecords(orders, 5n)
  expect(sim.cluster.records('orders', 0)).toEqual([])
  expect(sim.produce(idempotent(6))?.errorCode).toBe(45)
  sim.cluster.broker(1).kill()
  sim.run(5)
  sim.cluster.broker(1).start()
  sim.run(5)
  expect(sim.produce(idempotent(7))?.errorCode).toBe(45)
  expect(sim.produce(idempotent(5))).toMatchObject({ errorCode: 0, baseOffset: 5n })
})

test('elections: without a live replica in sync nobody leads, and acknowledged records are kept', () => {
  const sim = world()
  sim.produce(batchOf(1))
  sim.cluster.admin.shrinkIsr(orders, [2, 3])
  pending(sim, { acks: 1 })
  sim.cluster.broker(1).kill()
  sim.run(5)
  expect(sim.cluster.leader('orders', 0).id).toBe(-1)
  sim.cluster.broker(1).start()
  sim.run(5)
  expect(sim.cluster.leader('orders', 0)).toEqual({ id: 1, epoch: 2 })
  expect(sim.cluster.records('orders', 0)).toHaveLength(3)
})

test('elections: unclean, if the topic allows it, and what the new leader lacks is lost', () => {
  const sim = world({ config: { 'unclean.leader.election.enable': 'true' } })
  sim.produce(batchOf(1))
  sim.cluster.admin.shrinkIsr(orders, [2, 3])
  pending(sim)
  sim.cluster.broker(1).kill()
  sim.run(5)
  expect(sim.cluster.admin.describe(orders)).toMatchObject({ leader: 2, leaderEpoch: 1, highWatermark: 1n })
  expect(sim.cluster.records('orders', 0)).toHaveLength(1)
  sim.cluster.admin.restoreIsr(orders)
  sim.cluster.broker(1).start()
  sim.run(5)
  expect(sim.cluster.admin.describe(orders).replicas.map(({ endOffset }) => endOffset)).toEqual([1n, 1n, 1n])
})

test('elections: unclean by hand, while the leader lives', () => {
  const sim = world()
  sim.produce(batchOf(1))
  sim.cluster.admin.setLag(Number.POSITIVE_INFINITY, { broker: 3 })
  pending(sim, { acks: 1 })
  expect(sim.cluster.admin.electUnclean(orders)).toBe(3)
  expect(sim.cluster.records('orders', 0)).toHaveLength(1)
  expect(sim.cluster.admin.describe(orders).replicas.map(({ endOffset }) => endOffset)).toEqual([1n, 1n, 1n])
})

test('in sync: a follower that is behind for 30 seconds is out, and one that lags less stays in', () => {
  const sim = world()
  sim.cluster.admin.setLag(Number.POSITIVE_INFINITY, { broker: 3 })
  sim.cluster.admin.setLag(29_000, { broker: 2 })
  pending(sim, { acks: 1 })
  sim.run(29_990)
  expect(sim.cluster.admin.describe(orders).isr).toEqual([1, 2, 3])
  sim.run(20)
  expect(sim.cluster.admin.describe(orders)).toMatchObject({ isr: [1, 2], highWatermark: 2n })
})

test('kill: others lead only when the session of the broker has ended', () => {
  const sim = world({ brokerSessionTimeoutMs: '9s' })
  sim.cluster.broker(1).kill()
  sim.run(8_990)
  expect(sim.cluster.leader('orders', 0)).toEqual({ id: 1, epoch: 0 })
  expect(sim.ask(metadata, 9, { topics: [] }, { broker: 2 })?.brokers).toHaveLength(3)
  sim.run(20)
  expect(sim.cluster.leader('orders', 0)).toEqual({ id: 2, epoch: 1 })
  expect(sim.ask(metadata, 9, { topics: [] }, { broker: 2 })?.brokers).toHaveLength(2)
})

test('kill: a broker that is back before its session ended has lost its leadership all the same', () => {
  const sim = world({ brokerSessionTimeoutMs: '9s' })
  sim.cluster.broker(1).kill()
  sim.run(100)
  sim.cluster.broker(1).start()
  sim.run(100)
  expect(sim.cluster.leader('orders', 0)).toEqual({ id: 2, epoch: 1 })
  sim.run(10_000)
  expect(sim.cluster.admin.describe(orders).isr).toEqual([2, 3, 1])
})

test('roll: every broker restarts, one at a time, and nothing is lost', () => {
  const sim = world()
  sim.produce(batchOf(3))
  let done = false
  sim.cluster.admin.roll({ downMs: 1000, betweenMs: 500 }, () => {
    done = true
  })
  const running: number[] = []
  for (let i = 0; i < 46; i++) {
    running.push(sim.cluster.brokers.filter(({ isRunning }) => isRunning).length)
    sim.run(100)
  }
  expect([done, Math.min(...running)]).toEqual([true, 2])
  expect(sim.cluster.admin.describe(orders).isr.toSorted()).toEqual([1, 2, 3])
  expect(sim.cluster.records('orders', 0)).toHaveLength(3)
  expect(sim.events.filter(({ event }) => event === 'broker-stopped')).toHaveLength(3)
})

test('brokers: one that joins is listed and can lead, one that leaves is forgotten and its replicas live on', () => {
  const sim = new Simulation({ brokers: 2, topics: { orders: { partitions: 2, replicas: 2 } } })
  sim.produce(batchOf(2))
  expect(sim.cluster.admin.addBroker({ rack: 'b' }, () => {})).toBe(3)
  sim.run(5)
  sim.cluster.admin.removeBroker(1, () => {})
  sim.run(5)
  const answer = sim.ask(metadata, 9, { topics: [{ name: 'orders' }] }, { broker: 3 })
  expect(answer?.brokers).toMatchObject([{ nodeId: 2 }, { nodeId: 3, rack: 'b' }])
  for (const { leaderId, replicaNodes, isrNodes } of answer?.topics[0]?.partitions ?? []) {
    expect([...replicaNodes].sort()).toEqual([2, 3])
    expect([...isrNodes].sort()).toEqual([2, 3])
    expect([2, 3]).toContain(leaderId)
  }
  expect(sim.cluster.records('orders', 0)).toHaveLength(2)
  expect(() => sim.cluster.broker(1)).toThrow('no broker 1; there are 2, 3')
})

test('brokers: one that is about to leave is not started again behind its back', () => {
  const sim = new Simulation({ brokers: 2 })
  const left: string[] = []
  sim.cluster.admin.removeBroker(2, () => left.push('has left'))
  sim.cluster.broker(2).start((error) => left.push(String(error?.message)))
  sim.run(5)
  expect(left).toEqual(['has left', 'broker 2 has left the cluster'])
  sim.cluster.stop(() => {})
  sim.run(5)
  expect([sim.runtime.transport.listening, sim.runtime.clock.pending]).toEqual([0, 0])
})

test('brokers: one that is down with the only copy of a partition cannot leave before it is back', () => {
  const sim = new Simulation({ brokers: 2, topics: { orders: { partitions: 2, replicas: 1 } } })
  const { admin } = sim.cluster
  sim.cluster.broker(2).kill()
  sim.run(60_000)
  expect(() => admin.removeBroker(2, () => {})).toThrow('only broker 2 has the records of orders-1')
  sim.cluster.broker(2).start()
  sim.run(5)
  admin.removeBroker(2, () => {})
  sim.run(5)
  expect(sim.cluster.leader('orders', 1).id).toBe(1)
})

test('brokers: one cannot leave its replicas to another whose disk is full', () => {
  const sim = new Simulation({ brokers: 2, topics: { orders: { partitions: 2, replicas: 1 } } })
  const { admin } = sim.cluster
  admin.setLogDirOffline(1, true)
  expect(() => admin.removeBroker(2, () => {})).toThrow('only broker 2 has the records of orders-1')
  admin.setLogDirOffline(1, false)
  admin.removeBroker(2, () => {})
  sim.run(5)
  expect([0, 1].map((partition) => sim.cluster.leader('orders', partition).id)).toEqual([1, 1])
})

test('brokers: one that is sent away twice leaves once, and the last one stays although another still leaves', () => {
  const sim = new Simulation({ brokers: 2 })
  const { admin } = sim.cluster
  admin.removeBroker(2, () => {})
  expect(() => admin.removeBroker(2, () => {})).toThrow('broker 2 is leaving already')
  expect(() => admin.removeBroker(1, () => {})).toThrow('broker 1 is the last one')
  sim.run(5)
  expect(sim.cluster.brokers.map(({ id }) => id)).toEqual([1])
  expect(sim.cluster.broker(1).isRunning).toBe(true)
})

test('M9: a broker that hears of no change answers from what it knew, and the others from what is', () => {
  const sim = world()
  const seenBy = (broker: number) => {
    const topics = sim.ask(metadata, 12, { topics: null }, { broker })?.topics ?? []
    return topics.map(({ name, partitions }) => [name, partitions[0]?.leaderId, partitions[0]?.leaderEpoch])
  }
  sim.cluster.admin.freezeMetadata(2)
  sim.cluster.moveLeader({ ...orders, to: 3 })
  sim.cluster.createTopic('late')
  expect(seenBy(2)).toEqual([['orders', 1, 0]])
  expect(seenBy(1)).toEqual([
    ['orders', 3, 1],
    ['late', 1, 0],
  ])
  // Not its own any more, and it points to where it believes the leader to be.
  expect(sim.produce(batchOf(1), { broker: 2, version: 10 })).toMatchObject({
    errorCode: 6,
    currentLeader: { leaderId: 1 },
  })
  sim.cluster.admin.refreshMetadata(2)
  expect(seenBy(2)).toEqual(seenBy(1))
})

test('topics: recreated, a topic is empty and has another id', () => {
  const sim = world()
  sim.produce(batchOf(2))
  const before = sim.cluster.topics[0]?.id
  const after = sim.cluster.admin.recreateTopic('orders')
  expect(after).not.toBe(before)
  expect(sim.cluster.topics).toEqual([{ name: 'orders', id: after, partitions: 1 }])
  expect(sim.produce(batchOf(1), { version: 13, topicId: before ?? '' })?.errorCode).toBe(100)
  expect(sim.produce(batchOf(1))).toMatchObject({ errorCode: 0, baseOffset: 0n })
})

test('topics: partitions that are added are led by brokers in turn', () => {
  const sim = world()
  sim.cluster.admin.addPartitions('orders', 4)
  expect([0, 1, 2, 3].map((index) => sim.cluster.leader('orders', index).id)).toEqual([1, 2, 3, 1])
  expect(() => sim.cluster.admin.addPartitions('orders', 4)).toThrow(
    'topic "orders" has 4 partitions and cannot have 4',
  )
})

test('retention.ms: whole segments that are too old go, every five minutes', () => {
  const config = { 'retention.ms': 60_000, 'segment.bytes': 200 }
  const sim = world({ brokers: 1, topics: { orders: { config } } })
  const old = batchOf([{ value: 'x'.repeat(60), timestamp: wallStartMs }])
  const young = batchOf([{ value: 'x'.repeat(60), timestamp: wallStartMs + 280_000 }])
  sim.produce(old)
  sim.produce(old)
  sim.run(280_000)
  sim.produce(young)
  expect(sim.cluster.offsets('orders', 0)).toMatchObject({ start: 0n, end: 3n })
  sim.run(30_000)
  expect(sim.produce(young)).toMatchObject({ errorCode: 0, baseOffset: 3n, logStartOffset: 2n })
})

test('retention.bytes: the oldest segments go while the log is larger', () => {
  const size = batchOf(1).length
  const config = { 'retention.bytes': size * 2, 'segment.bytes': size }
  const sim = world({ brokers: 1, topics: { orders: { config } } })
  for (let i = 0; i < 5; i++) sim.produce(batchOf(1))
  sim.run(300_000)
  sim.produce(batchOf(1))
  expect(sim.cluster.offsets('orders', 0)).toMatchObject({ start: 3n, end: 6n })
})

test('clocks: a broker whose clock is ahead refuses what is old to it', () => {
  const sim = world({ config: { 'message.timestamp.before.max.ms': 1000 } })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
  sim.cluster.admin.skewClock(1, 5000)
  expect(sim.produce(batchOf(1))?.errorCode).toBe(32)
})

test('memory: what several replicas hold counts once, and nothing is left of a deleted topic', () => {
  const size = batchOf(1).length
  const sim = world({ logBytesMax: size * 2 })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
  expect(sim.produce(batchOf(1))?.errorCode).toBe(56)
  sim.cluster.admin.recreateTopic('orders')
  expect(sim.produce(batchOf(1))?.errorCode).toBe(0)
})

test('replication: stopped with followers behind, a cluster leaves no timer', () => {
  const sim = world()
  sim.cluster.admin.setLag(5000)
  pending(sim)
  sim.cluster.stop(() => {})
  sim.run(5)
  expect([sim.cluster.pendingTimers, sim.runtime.clock.pending]).toEqual([0, 0])
})

test('stop: a cluster that stops while one of its brokers does comes to an end', () => {
  const sim = world()
  sim.cluster.broker(1).stop()
  let stopped = false
  sim.cluster.stop(() => {
    stopped = true
  })
  sim.run(5)
  expect([stopped, sim.runtime.clock.pending]).toEqual([true, 0])
})
