import { metadata } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { type SimulatedRuntime, simulatedRuntime } from '@harrow/runtime/sim'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitSeed } from '../../../tools/commit-seed.ts'
import { type BrokerEvent, ClusterCore } from '../src/core.ts'
import { anyFrame } from './any-frame.ts'
import { RawClient } from './raw-client.ts'

/**
 * No bytes of a client may crash the process, stay in memory, or reach another connection. The number of frames is
 * HARROW_FUZZ_FRAMES; CI sends 100,000.
 */

const frames = Number(process.env['HARROW_FUZZ_FRAMES'] ?? 10_000)
const framesPerClient = 10
const clientsPerCluster = 100
const seed = commitSeed()

/** A cluster with neighbours who behave: each strange client must leave them alone. */
class Neighbourhood {
  readonly runtime: SimulatedRuntime
  readonly cluster: ClusterCore
  private readonly neighbours: RawClient[]

  /** Connections with a request that has no answer yet, and their brokers. */
  private readonly waiting = new Map<number, number>()

  constructor() {
    this.runtime = simulatedRuntime({ seed: 1, network: { latencyMs: { min: 0, max: 0 } } })
    const options = {
      seed: 1,
      brokers: 2,
      topics: { orders: 3, audit: { partitions: 1, config: { 'min.insync.replicas': 2 } } },
      journalEntriesMax: 200,
      journalBytesMax: '4MiB',
      journalOverflow: 'drop',
      eventsMax: 100,
      captureBytesMax: '1MiB',
      logBytesMax: '1MiB',
      logOverflow: 'delete-oldest',
      onUnhandledRequest: 'close',
    } as const
    this.cluster = new ClusterCore(this.runtime, options, {
      codecs: nodeCodecs,
      trace: (event) => this.note(event),
    })
    this.cluster.start((error) => {
      if (error) throw error
    })
    this.run(1)
    this.neighbours = this.cluster.brokers.map((broker) => this.client(broker.id))
    this.run(1)
  }

  run(ms: number): void {
    this.runtime.clock.runUntil(this.runtime.clock.nowMs() + ms)
  }

  client(broker: number): RawClient {
    return new RawClient(this.runtime.transport, this.cluster.broker(broker), () => this.runtime.clock.nowMs())
  }

  /** All that one strange client does, to its end. */
  meet(bytes: readonly Uint8Array[], broker: number, how: 'fin' | 'reset'): void {
    const stranger = this.client(broker)
    this.run(1)
    for (const one of bytes) stranger.sendBytes(one)
    this.run(5)
    stranger.link.close(how)
    this.run(1)
    expect(this.cluster.findings.filter(({ kind }) => kind === 'internal')).toEqual([])
  }

  /** The neighbours are served as ever, and nobody else is there any more but who is still being served. */
  expectPeace(): void {
    const ids = this.neighbours.map((one) => one.send(metadata, 9, { topics: [] }))
    this.run(5)
    for (const [i, one] of this.neighbours.entries()) expect(one.answer(metadata, ids[i] ?? -1)).toBeDefined()
    for (const { id } of this.cluster.brokers) {
      expect(this.cluster.broker(id).openConnections).toBe(1 + this.served(id))
    }
  }

  /**
   * Connections with a request that waits, a Fetch say. As in Kafka nobody reads them meanwhile, so that the client has gone
   * is heard when the wait is over.
   */
  private served(broker: number): number {
    return [...this.waiting.values()].filter((id) => id === broker).length
  }

  private note(event: BrokerEvent): void {
    if (event.event === 'request-received') this.waiting.set(event.connection, event.broker)
    if (event.event === 'request-answered' || event.event === 'connection-closed') this.waiting.delete(event.connection)
  }

  /** Whatever was asked of it, nothing is left when it has stopped. */
  expectCleanEnd(): void {
    for (const one of this.neighbours) one.link.close()
    this.cluster.stop(() => {})
    this.run(60_000)
    const { openLinks, listening } = this.runtime.transport
    expect({ timers: this.cluster.pendingTimers, openLinks, listening }).toEqual({
      timers: 0,
      openLinks: 0,
      listening: 0,
    })
  }
}

test(`fuzz: ${frames} frames, whole and damaged, end at worst their own connection`, { timeout: 600_000 }, () => {
  console.log(`fuzz: ${frames} frames from seed ${seed} (again: HARROW_SEED=${seed} HARROW_FUZZ_FRAMES=${frames})`)
  let place = new Neighbourhood()
  let met = 0
  const visit = fc.record({
    bytes: fc.array(anyFrame(place.cluster.topics.map(({ id }) => id)), {
      minLength: framesPerClient,
      maxLength: framesPerClient,
    }),
    broker: fc.constantFrom(1, 2),
    how: fc.constantFrom('fin' as const, 'reset' as const),
  })
  fc.assert(
    fc.property(visit, ({ bytes, broker, how }) => {
      try {
        place.meet(bytes, broker, how)
        if (++met % 20 === 0) place.expectPeace()
        if (met % clientsPerCluster !== 0) return
        place.expectCleanEnd()
      } catch (error) {
        // What broke may be broken for good; shrinking wants a sound one.
        place = new Neighbourhood()
        throw error
      }
      place = new Neighbourhood()
    }),
    { numRuns: Math.ceil(frames / framesPerClient), seed },
  )
})
