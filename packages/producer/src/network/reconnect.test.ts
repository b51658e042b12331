import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { Reconnect } from './reconnect.ts'

function reconnect(): Reconnect {
  return new Reconnect(seededRandom(5), {
    reconnectBackoffMs: 50,
    reconnectBackoffMaxMs: 1_000,
    socketConnectionSetupTimeoutMs: 10_000,
    socketConnectionSetupTimeoutMaxMs: 30_000,
  })
}

function expectWithin(value: number, term: number, max: number): void {
  expect(value).toBeGreaterThanOrEqual(Math.floor(Math.min(term, max) * 0.8))
  expect(value).toBeLessThanOrEqual(Math.min(term * 1.2, max))
}

test('reconnect: the backoff doubles with each loss up to its maximum, never beyond, and starts over once ready', () => {
  const one = reconnect()
  for (let loss = 0; loss < 100; loss++) {
    expectWithin(one.lost({ wasConnecting: loss % 2 === 0 }), 50 * 2 ** loss, 1_000)
  }
  // Connected is not enough: a broker that accepts and hangs up again must not be hammered.
  one.connected()
  expectWithin(one.lost({ wasConnecting: false }), 1_000, 1_000)
  one.ready()
  expectWithin(one.lost({ wasConnecting: false }), 50, 1_000)
})

test('reconnect: the time for a setup doubles with each one that fails, not with a lost connection, and starts over once connected', () => {
  const one = reconnect()
  expectWithin(one.setupTimeoutMs(), 10_000, 30_000)
  one.lost({ wasConnecting: false })
  expectWithin(one.setupTimeoutMs(), 10_000, 30_000)
  for (const term of [20_000, 40_000, 80_000]) {
    one.lost({ wasConnecting: true })
    expectWithin(one.setupTimeoutMs(), term, 30_000)
  }
  one.connected()
  expectWithin(one.setupTimeoutMs(), 10_000, 30_000)
})

test('reconnect: with a maximum at the base the backoff is constant', () => {
  const one = new Reconnect(seededRandom(1), {
    reconnectBackoffMs: 70,
    reconnectBackoffMaxMs: 70,
    socketConnectionSetupTimeoutMs: 1,
    socketConnectionSetupTimeoutMaxMs: 1,
  })
  const backoffs = Array.from({ length: 5 }, () => one.lost({ wasConnecting: true }))
  expect(backoffs).toEqual([70, 70, 70, 70, 70])
})
