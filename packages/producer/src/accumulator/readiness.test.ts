import { expect, test } from 'vitest'
import { type ReadinessFacts, readinessOf } from './readiness.ts'

const fresh: ReadinessFacts = {
  createdMs: 100,
  isFull: false,
  attempts: 0,
  retryAtMs: Number.NEGATIVE_INFINITY,
  hasNewLeader: false,
  lingerMs: 10,
  isHurried: false,
}

test('readiness: a batch lingers until exactly linger.ms after its creation', () => {
  expect(readinessOf(fresh, 109.9)).toEqual({ kind: 'lingering', untilMs: 110 })
  expect(readinessOf(fresh, 110)).toEqual({ kind: 'sendable' })
})

test('readiness: full, or in a hurry, it does not linger', () => {
  expect(readinessOf({ ...fresh, isFull: true }, 100)).toEqual({ kind: 'sendable' })
  expect(readinessOf({ ...fresh, isHurried: true }, 100)).toEqual({ kind: 'sendable' })
  expect(readinessOf({ ...fresh, lingerMs: 0 }, 100)).toEqual({ kind: 'sendable' })
})

test('readiness: backoff beats being full and being in a hurry', () => {
  const retried = { ...fresh, attempts: 1, retryAtMs: 200, isFull: true, isHurried: true }
  expect(readinessOf(retried, 199)).toEqual({ kind: 'backing-off', untilMs: 200 })
  expect(readinessOf(retried, 200)).toEqual({ kind: 'sendable' })
})

test('readiness: a new leader ends the backoff at once (KIP-951), and changes nothing for a fresh batch', () => {
  expect(readinessOf({ ...fresh, attempts: 1, retryAtMs: 200, hasNewLeader: true }, 101)).toEqual({ kind: 'sendable' })
  expect(readinessOf({ ...fresh, hasNewLeader: true }, 101).kind).toBe('lingering')
})
