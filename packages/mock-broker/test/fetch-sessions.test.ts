import { fetch, kafkaErrors, type RequestInput } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { FetchSessions } from '../src/fetch-sessions.ts'
import type { RawClient } from './raw-client.ts'
import { batchOf, Simulation } from './simulated.ts'

/** KIP-227: a client names its partitions once, and answers name those with news. */

const version = 12

class Consumer {
  readonly sim = new Simulation({ topics: { orders: 3 } })
  readonly client: RawClient = this.sim.client()
  sessionId = 0
  sessionEpoch = 0

  ask(partitions: readonly [index: number, offset: bigint][], forgotten: readonly number[] = []) {
    const body: RequestInput<typeof fetch> = {
      maxWaitMs: 0,
      minBytes: 1,
      sessionId: this.sessionId,
      sessionEpoch: this.sessionEpoch,
      topics: [
        {
          topic: 'orders',
          partitions: partitions.map(([partition, fetchOffset]) => ({
            partition,
            fetchOffset,
            partitionMaxBytes: 1 << 20,
          })),
        },
      ],
      forgottenTopicsData: forgotten.length === 0 ? [] : [{ topic: 'orders', partitions: [...forgotten] }],
    }
    const answer = this.sim.ask(fetch, version, body, { client: this.client })
    if (answer?.errorCode === 0) {
      this.sessionId = answer.sessionId
      this.sessionEpoch++
    }
    return answer
  }

  /** Partitions that the answer names. */
  named(answer: ReturnType<Consumer['ask']>): number[] {
    return (answer?.responses[0]?.partitions ?? []).map(({ partitionIndex }) => partitionIndex)
  }
}

const all: [number, bigint][] = [
  [0, 0n],
  [1, 0n],
  [2, 0n],
]

test('Fetch sessions: the first answer has an id and every partition, later ones only what is new', () => {
  const consumer = new Consumer()
  const first = consumer.ask(all)
  expect(first?.sessionId).toBeGreaterThan(0)
  expect(consumer.named(first)).toEqual([0, 1, 2])
  expect(consumer.named(consumer.ask([]))).toEqual([])
  consumer.sim.produce(batchOf(2), { partition: 1 })
  expect(consumer.named(consumer.ask([]))).toEqual([1])
  // The same records again, as long as the client does not say that it has got on.
  expect(consumer.named(consumer.ask([]))).toEqual([1])
  expect(consumer.named(consumer.ask([[1, 2n]]))).toEqual([])
})

test('Fetch sessions: a partition that is forgotten is not answered any more, one that is added is', () => {
  const consumer = new Consumer()
  consumer.ask(all.slice(0, 2))
  consumer.sim.produce(batchOf(1), { partition: 0 })
  expect(consumer.named(consumer.ask([[2, 0n]], [0]))).toEqual([2])
})

test('Fetch sessions: an error is told every time', () => {
  const consumer = new Consumer()
  consumer.ask([
    [0, 0n],
    [1, 99n],
  ])
  expect(consumer.named(consumer.ask([]))).toEqual([1])
  expect(consumer.named(consumer.ask([]))).toEqual([1])
})

test('Fetch sessions: whoever had records stands behind the others in the next answer', () => {
  const consumer = new Consumer()
  consumer.sim.produce(batchOf(1), { partition: 0 })
  consumer.sim.produce(batchOf(1), { partition: 1 })
  expect(consumer.named(consumer.ask(all))).toEqual([0, 1, 2])
  consumer.sim.produce(batchOf(1), { partition: 2 })
  expect(consumer.named(consumer.ask([]))).toEqual([2, 0, 1])
})

test('Fetch sessions: a wrong epoch is error 71, an id that was never given error 70', () => {
  const consumer = new Consumer()
  consumer.ask(all)
  consumer.sessionEpoch = 7
  expect(consumer.ask([])?.errorCode).toBe(kafkaErrors.INVALID_FETCH_SESSION_EPOCH.code)
  consumer.sessionId = 5
  expect(consumer.ask([])?.errorCode).toBe(kafkaErrors.FETCH_SESSION_ID_NOT_FOUND.code)
})

test('Fetch sessions: epoch -1 ends the session, and epoch 0 begins another', () => {
  const consumer = new Consumer()
  consumer.ask(all)
  const before = consumer.sessionId
  consumer.sessionEpoch = -1
  expect(consumer.ask(all)?.sessionId).toBe(0)
  consumer.sessionId = before
  consumer.sessionEpoch = 1
  expect(consumer.ask([])?.errorCode).toBe(kafkaErrors.FETCH_SESSION_ID_NOT_FOUND.code)
})

test('Fetch sessions: a broker that restarts knows none', () => {
  const consumer = new Consumer()
  consumer.ask(all)
  const { sim } = consumer
  sim.cluster.broker(1).stop()
  sim.run(5)
  sim.cluster.broker(1).start()
  sim.run(5)
  const again = { sessionId: consumer.sessionId, sessionEpoch: 1, maxWaitMs: 0, minBytes: 1, topics: [] }
  expect(sim.ask(fetch, version, again)?.errorCode).toBe(kafkaErrors.FETCH_SESSION_ID_NOT_FOUND.code)
})

test('Fetch sessions: a thousand of them and no more, unless one has been idle for two minutes', () => {
  const random = new Simulation().runtime.random
  const sessions = new FetchSessions(random)
  const asked = { partition: 0, fetchOffset: 0n, currentLeaderEpoch: -1, lastFetchedEpoch: -1 }
  const topics = [
    { topic: 'orders', topicId: '', partitions: [{ ...asked, logStartOffset: -1n, partitionMaxBytes: 1 }] },
  ]
  const begin = (nowMs: number) => {
    const request = { sessionId: 0, sessionEpoch: 0, topics, forgottenTopicsData: [] }
    const context = sessions.contextOf(request as never, { usesTopicIds: false, nowMs })
    return 'error' in context ? -1 : context.sessionId
  }
  for (let i = 0; i < 1000; i++) expect(begin(0)).toBeGreaterThan(0)
  expect(begin(120_000)).toBe(0)
  expect(begin(120_001)).toBeGreaterThan(0)
  expect(sessions.size).toBe(1000)
})
