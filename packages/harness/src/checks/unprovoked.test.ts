import { expect, test } from 'vitest'
import { history, told } from '../../test/hand-made-history.ts'
import { unprovoked } from './unprovoked.ts'

const lost = (atMs: number, because: string) => told(atMs, 'connection-lost', { node: 1, because })
const hit = { atMs: 20, name: 'cut', action: 'disconnect', impactMs: 1 }

test('UNPROVOKED: a connection that is lost before any fault was given up for nothing', () => {
  const trace = [lost(10, 'unreadable answer')]
  expect(unprovoked.judge(history([], { trace })).map(({ message }) => message)).toEqual([
    'the connection to broker 1 was lost, and nothing had happened to it',
  ])
  expect(unprovoked.judge(history([], { trace, faultHits: [hit] }))).toHaveLength(1)
})

test('UNPROVOKED: an idle one may be closed, and after a fault any', () => {
  expect(unprovoked.judge(history([], { trace: [lost(10, 'idle')] }))).toEqual([])
  expect(unprovoked.judge(history([], { trace: [lost(21, 'reset')], faultHits: [hit] }))).toEqual([])
})

test('UNPROVOKED: one on which an answer is awaited is not idle, whatever the faults', () => {
  const sent = told(5, 'request-sent', { node: 1, api: 'Produce' })
  const answered = told(6, 'response-received', { node: 1, api: 'Produce' })
  const trace = [sent, lost(30, 'idle')]
  expect(unprovoked.judge(history([], { trace, faultHits: [hit] })).map(({ message }) => message)).toEqual([
    'the connection to broker 1 was ended as idle while 1 answers were awaited',
  ])
  expect(unprovoked.judge(history([], { trace: [sent, answered, lost(30, 'idle')] }))).toEqual([])
})
