import { expect, test } from 'vitest'
import { failed, history } from '../../test/hand-made-history.ts'
import { unexplained } from './unexplained.ts'

const late = [{ ends: [failed('DELIVERY_TIMEOUT', 'definite', 1_000)] }]
const nothing = { failed: new Set<number>(), latencyMsMax: 10 }
const hit = (impactMs: number) => ({ atMs: 5, name: 'fault 1', action: 'drop', impactMs })

test('UNEXPLAINED: a record that runs out of time without any fault is found', () => {
  const found = unexplained.judge(history(late, { withoutFaults: nothing }))
  expect(found.map((one) => one.message)).toEqual(['record 0 failed with DELIVERY_TIMEOUT, and nothing explains it'])
})

test('UNEXPLAINED: faults too short to explain it are found, long ones explain it', () => {
  expect(unexplained.judge(history(late, { withoutFaults: nothing, faultHits: [hit(100)] }))).toHaveLength(1)
  expect(unexplained.judge(history(late, { withoutFaults: nothing, faultHits: [hit(500)] }))).toEqual([])
})

test('UNEXPLAINED: what fails without faults too, or takes nearly as long, was too much load', () => {
  expect(unexplained.judge(history(late, { withoutFaults: { failed: new Set([0]), latencyMsMax: 0 } }))).toEqual([])
  expect(unexplained.judge(history(late, { withoutFaults: { failed: new Set(), latencyMsMax: 600 } }))).toEqual([])
})

test('UNEXPLAINED: an error of a broker out of the blue is found', () => {
  const refused = [{ ends: [failed('NOT_LEADER_OR_FOLLOWER', 'maybe')] }]
  expect(unexplained.judge(history(refused, { withoutFaults: nothing }))).toHaveLength(1)
  expect(unexplained.judge(history(refused, { withoutFaults: nothing, faultHits: [hit(1)] }))).toEqual([])
})

test('UNEXPLAINED: does not bind without the run that has no faults', () => {
  expect(unexplained.unbound?.(history(late))).toMatch('no run without faults')
})
