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
