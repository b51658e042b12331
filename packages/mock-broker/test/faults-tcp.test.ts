import { metadata } from '@harrow/protocol'
import { systemClock } from '@harrow/runtime'
import { tcpTransport } from '@harrow/runtime/node'
import { expect, test } from 'vitest'
import { type FaultAction, type FaultRule, MockCluster } from '../src/index.ts'
import { RawClient } from './raw-client.ts'

/** Faults of connections and bytes over real sockets: what a platform makes of them is not what a simulation does. */

async function tcp(rule: FaultRule, play: (cluster: MockCluster) => Promise<void>): Promise<void> {
  await using cluster = await MockCluster.start({ brokers: 1, topics: { orders: 100 }, seed: 1 })
  cluster.fault(rule)
  await play(cluster)
  cluster.assertFaultsConsumed()
}

function connect(cluster: MockCluster): RawClient {
  return new RawClient(tcpTransport, cluster.broker(1), systemClock.nowMs)
}

/** The end of a connection, as the system tells it. */
async function ended(client: RawClient): Promise<string | undefined> {
  await client.answered(metadata, -1).catch(() => {})
  return client.closed
}

const whole = { topics: null }

test.each<[FaultAction, string]>([
  [{ accept: 'then-close' }, 'fin'],
  [{ accept: 'then-reset' }, 'reset'],
])('tcp: %j', (action, closed) =>
  tcp({ do: action }, async (cluster) => {
    expect(await ended(connect(cluster))).toBe(closed)
  }),
)

test.each<[FaultAction, string]>([
  [{ disconnect: 'before-handling', how: 'reset' }, 'reset'],
  [{ disconnect: 'after-handling', how: 'fin' }, 'fin'],
  [{ truncate: 7 }, 'fin'],
])('tcp: %j', (action, closed) =>
  tcp({ on: { api: 'Metadata' }, do: action }, async (cluster) => {
    const client = connect(cluster)
    client.send(metadata, 9, whole)
    expect(await ended(client)).toBe(closed)
    const bytes = client.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    expect(bytes).toBe('truncate' in action && closed === 'fin' ? 7 : 0)
  }),
)

test('tcp: a killed broker resets its connections', () =>
  tcp({ on: { api: 'Metadata' }, do: { 'kill-broker': 1 } }, async (cluster) => {
    const client = connect(cluster)
    client.send(metadata, 9, whole)
    expect(await ended(client)).toBe('reset')
  }))

test('tcp: refuse, and again when it is over', () =>
  tcp({ on: { api: 'Metadata' }, do: { refuse: 1, for: '50ms' } }, async (cluster) => {
    const early = connect(cluster)
    await early.answered(metadata, early.send(metadata, 9, whole))
    expect(await ended(connect(cluster))).toBe('refused')
    await early.answered(metadata, early.send(metadata, 9, whole))
    let late: RawClient
    do {
      late = connect(cluster)
      late.send(metadata, 9, whole)
      await late.answered(metadata, 1).catch(() => {})
    } while (late.closed === 'refused')
    expect(late.answers).toHaveLength(1)
  }))

test.each<[FaultAction, number]>([
  [{ slice: '16B' }, 1],
  [{ drip: '64B', every: '1ms' }, 1],
  [{ bandwidth: '1MiB' }, 1],
  [{ stall: '20ms' }, 1],
  [{ throttle: '20ms' }, 1],
  [{ duplicate: 'response' }, 2],
])('tcp: %j, and the connection goes on', (action, copies) =>
  tcp({ on: { api: 'Metadata', nth: 1 }, do: action }, async (cluster) => {
    const client = connect(cluster)
    const first = client.send(metadata, 9, whole)
    const second = client.send(metadata, 9, whole)
    expect((await client.answered(metadata, first)).topics).toHaveLength(1)
    expect((await client.answered(metadata, second)).topics[0]?.partitions).toHaveLength(100)
    expect(client.answeredIds).toEqual([...Array.from({ length: copies }, () => 1), 2])
  }),
)

test('tcp: a connection that hangs or is stalled for ever does not hold up the end of the cluster', async () => {
  const cluster = await MockCluster.start({ topics: { orders: 1 } })
  cluster.fault({ on: { nth: 1 }, do: { hang: 'connection' } })
  const stall = cluster.fault({ on: { api: 'Metadata' }, do: { stall: 'for-ever' } })
  const [hung, stalled] = [connect(cluster), connect(cluster)]
  hung.send(metadata, 9, whole)
  stalled.send(metadata, 9, whole)
  await stall.hit()
  stalled.link.write(new Uint8Array(4 << 20))
  const ends = [ended(hung), ended(stalled)]
  await cluster.stop()
  await Promise.all(ends)
  expect([hung.answers.length, stalled.answers.length]).toEqual([0, 0])
})

test('hit: rejects, and says what came closest, if the rule is taken out or the cluster stops before', async () => {
  const cluster = await MockCluster.start({ topics: { orders: 1 } })
  const removed = cluster.fault({ name: 'never', on: { api: 'Produce' }, do: { error: 6 } })
  const stopped = cluster.fault({ name: 'neither', on: { api: 'Fetch' }, do: { error: 6 } })
  const hits = [removed.hit(), stopped.hit(2)]
  removed.remove()
  await expect(hits[0]).rejects.toThrow('the fault "never" was taken out after 0 of 1 hits; closest: no request came')
  const expected = expect(hits[1]).rejects.toThrow('the fault "neither" was taken out after 0 of 2 hits')
  await cluster.stop()
  await expected
})
