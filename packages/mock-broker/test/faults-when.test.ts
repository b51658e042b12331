import { metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import type { FaultRule } from '../src/core.ts'
import { batchOf, Simulation } from './simulated.ts'

/** When a rule acts: windows, other rules, and how they go together with counting. */

function world(): Simulation {
  return new Simulation({ brokers: 3, topics: { orders: 6 } })
}

/** Error codes of a Produce every 100 ms, the first at 100 ms. */
function everyTenth(sim: Simulation, count: number): (number | undefined)[] {
  const startMs = sim.nowMs
  return Array.from({ length: count }, (_, i) => {
    sim.run(startMs + (i + 1) * 100 - sim.nowMs)
    return sim.produce(batchOf(1))?.errorCode
  })
}

test.each<[string, Partial<FaultRule>, number[]]>([
  ['from', { from: '250ms' }, [0, 0, 19, 19, 19, 19]],
  ['until', { until: '250ms' }, [19, 19, 0, 0, 0, 0]],
  ['from and until', { from: '150ms', until: '350ms' }, [0, 19, 19, 0, 0, 0]],
  [
    'from with nth counts what comes in the window',
    { from: '250ms', on: { api: 'Produce', nth: 2 } },
    [0, 0, 0, 19, 0, 0],
  ],
  ['from with every', { from: '150ms', on: { api: 'Produce', every: 2 } }, [0, 0, 19, 0, 19, 0]],
  ['until with times', { until: '450ms', times: 2 }, [19, 19, 0, 0, 0, 0]],
])('windows: %s', (_, when, codes) => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: { error: 19 }, times: 'always', ...when })
  expect(everyTenth(sim, 6)).toEqual(codes)
})

test('until: another rule has hit so often', () => {
  const sim = world()
  sim.cluster.fault({
    name: 'storm',
    on: { api: 'Produce' },
    do: { error: 19 },
    times: 'always',
    until: { hit: 'third', times: 1 },
  })
  sim.cluster.fault({ name: 'third', on: { api: 'Produce', nth: 3 }, observe: true })
  expect(everyTenth(sim, 5)).toEqual([19, 19, 19, 0, 0])
})

test('once: another rule has hit, counts and windows begin', () => {
  const sim = world()
  const rule: FaultRule = { on: { api: 'Produce', nth: 2 }, do: { error: 6 }, once: { hit: 'first' } }
  // Before the rule that it waits for: names may be given in any order.
  sim.cluster.fault(rule)
  sim.cluster.fault({ name: 'first', on: { api: 'Produce', nth: 2 }, do: { error: 19 } })
  expect(everyTenth(sim, 5)).toEqual([0, 19, 0, 6, 0])
  sim.cluster.assertFaultsConsumed()
})

test('once: with a time, so long after the other rule has hit', () => {
  const sim = world()
  sim.cluster.fault({ name: 'asked', on: { api: 'Metadata' }, observe: true })
  const kill = sim.cluster.fault({ at: '500ms', once: { hit: 'asked' }, do: { 'kill-broker': 3 } })
  sim.run(2000)
  expect([kill.hits(), sim.cluster.faults()[1]?.closest]).toEqual([
    0,
    'it waits for "asked", which has hit 0 of 1 times',
  ])
  sim.ask(metadata, 9, { topics: [] })
  sim.run(490)
  expect(sim.cluster.broker(3).isRunning).toBe(true)
  sim.run(10)
  expect([sim.cluster.broker(3).isRunning, kill.hits()]).toEqual([false, 1])
})

test('once: a rule that has hit already', () => {
  const sim = world()
  sim.cluster.fault({ name: 'first', on: { api: 'Produce' }, do: { error: 19 } })
  sim.produce(batchOf(1))
  sim.cluster.fault({ once: { hit: 'first' }, on: { api: 'Produce' }, do: { error: 6 } })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(6)
})

test('until: a rule with a time does not act if the other has hit before', () => {
  const sim = world()
  sim.cluster.fault({ name: 'asked', on: { api: 'Metadata' }, observe: true })
  const kill = sim.cluster.fault({ at: '500ms', until: { hit: 'asked' }, do: { 'kill-broker': 3 } })
  sim.ask(metadata, 9, { topics: [] })
  sim.run(1000)
  expect([kill.hits(), sim.cluster.faults()[1]?.closest]).toEqual([0, '"asked" had hit before'])
})

test('a rule that waits for a name that no rule has says so', () => {
  const sim = world()
  sim.cluster.fault({ once: { hit: 'nobody' }, on: { api: 'Produce' }, do: { error: 6 } })
  sim.produce(batchOf(1))
  expect(sim.cluster.faults()[0]?.closest).toBe('it waits for "nobody", and no rule has that name')
})

test('a rule outside its window shadows no later one, and says why it did not act', () => {
  const sim = world()
  sim.cluster.fault({ name: 'later', from: '1s', on: { api: 'Produce' }, do: { error: 19 } })
  sim.cluster.fault({ on: { api: 'Produce' }, do: { error: 6 } })
  expect(sim.produce(batchOf(1))?.errorCode).toBe(6)
  expect(sim.cluster.faults()[0]?.closest).toMatch(
    'Produce v9 of "raw" to broker 1 fits, but 1 ms is before `from`, 1000 ms',
  )
})

test('chance: a window does not move the draws of another rule', () => {
  const codes = (rules: readonly FaultRule[]): string => {
    const sim = new Simulation({ seed: 3, brokers: 3, topics: { orders: 6 } })
    for (const rule of rules) sim.cluster.fault(rule)
    sim.cluster.fault({ name: 'dice', on: { api: 'Produce' }, do: { error: 19 }, probability: 0.5, times: 'always' })
    return everyTenth(sim, 20).join()
  }
  expect(codes([{ from: '1h', do: { error: 6 }, probability: 0.5 }])).toBe(codes([]))
})

test('reset: a rule with a time does not act after the rules are gone', () => {
  const sim = world()
  sim.cluster.fault({ at: '100ms', do: { 'kill-broker': 2 } })
  sim.cluster.reset()
  sim.run(1000)
  expect(sim.cluster.broker(2).isRunning).toBe(true)
})

test('closest: of a partition that nobody wrote to, which ones were', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce', topic: 'orders', partition: 5 }, do: { error: 6 } })
  sim.ask(metadata, 9, { topics: [] })
  for (const partition of [0, 3, 0]) sim.produce(batchOf(1), { partition })
  expect(sim.cluster.faults()[0]?.closest).toBe(
    '3 of 4 requests that came: partition is 0, 3, not 5 (the last was Produce v9 of "raw" to broker 1)',
  )
})

test('closest: nothing came at all', () => {
  const sim = world()
  sim.cluster.fault({ on: { api: 'Produce' }, do: { error: 6 } })
  sim.cluster.fault({ on: { broker: 2 }, do: { hang: 'connection' } })
  expect(sim.cluster.faults().map(({ closest }) => closest)).toEqual(['no request came', 'no connection came'])
})
