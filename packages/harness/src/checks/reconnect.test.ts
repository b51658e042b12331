import { expect, test } from 'vitest'
import { history, settings, told } from '../../test/hand-made-history.ts'
import { reconnect } from './reconnect.ts'

const lost = told(10, 'connection-lost', { node: 1, because: 'reset' })
const connecting = (atMs: number, node = 1) =>
  told(atMs, 'connection-state', { node, from: 'disconnected', to: 'connecting' })
const producer = { ...settings, reconnectBackoffMs: 20 }

test('RECONNECT: a broker that was lost is left alone for reconnect.backoff.ms less jitter', () => {
  expect(reconnect.judge(history([], { producer, trace: [lost, connecting(12)] }))).toHaveLength(1)
  expect(reconnect.judge(history([], { producer, trace: [lost, connecting(26)] }))).toEqual([])
})

test('RECONNECT: another broker may be tried at once, and a first attempt waits for nothing', () => {
  expect(reconnect.judge(history([], { producer, trace: [connecting(1), lost, connecting(10, 2)] }))).toEqual([])
})

test('RECONNECT: a broker that came back at another address may be tried there at once, until it is reached', () => {
  const started = (port: number) => told(11, 'broker-started', { broker: 1, port })
  const reached = told(12, 'connection-state', { node: 1, from: 'connecting', to: 'negotiating' })
  const lostAgain = { ...lost, atMs: 13 }
  const again = [connecting(12), lostAgain, connecting(14)]
  const judged = (...trace: ReturnType<typeof told>[]) =>
    reconnect.judge(history([], { producer, trace })).map(({ atMs }) => atMs)
  expect(judged(started(9001), lost, started(9002), ...again)).toEqual([])
  expect(judged(started(9001), lost, started(9002), connecting(12), reached, lostAgain, connecting(14))).toEqual([14])
  expect(judged(started(9001), lost, started(9001), connecting(12))).toEqual([12])
})
