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
