import { metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { type FaultRule, faultKinds, parseFaultRule } from '../src/core.ts'
import { batchOf, Simulation } from './simulated.ts'

/** The examples of the documentation: every one is a rule that parses, and that acts in an ordinary cluster. */

/** Clients that ask for metadata and write to every partition for three seconds, wherever the leader is. */
function ordinaryTraffic(rule: FaultRule): { sim: Simulation; hits: number } {
  const sim = new Simulation({ brokers: 3, topics: { orders: { partitions: 6, replicas: 3 }, payments: 1 } })
  const fault = sim.cluster.fault(rule)
  for (let i = 0; i < 60; i++) {
    const leader = sim.cluster.leader('orders', i % 6).id
    const broker = leader > 0 && sim.cluster.broker(leader).isRunning ? leader : 1
    sim.ask(metadata, 9, { topics: null }, { broker })
    sim.produce(batchOf(1), { partition: i % 6, broker })
    sim.run(40)
  }
  return { sim, hits: fault.hits() }
}

test.each(faultKinds.map(({ key, example }) => [key, example.rule] as const))('example of %s: it acts', (key, rule) => {
  expect(Object.keys(rule.do ?? {})[0]).toBe(key)
  expect('rule' in parseFaultRule(rule)).toBe(true)
  const { sim, hits } = ordinaryTraffic(rule)
  expect([hits > 0, sim.cluster.findings]).toEqual([true, []])
  sim.cluster.assertFaultsConsumed()
})
