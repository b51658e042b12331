import { expect, test } from 'vitest'
import { type ConnectionState, connectionStates, isAllowed } from './connection-states.ts'

test('connection states: ready comes only through connecting and negotiating, and every state can be lost', () => {
  const states = Object.keys(connectionStates) as ConnectionState[]
  const allowed = states.flatMap((from) => states.filter((to) => isAllowed(from, to)).map((to) => `${from} -> ${to}`))
  expect(allowed).toEqual([
    'disconnected -> connecting',
    'connecting -> disconnected',
    'connecting -> negotiating',
    'negotiating -> disconnected',
    'negotiating -> ready',
    'ready -> disconnected',
  ])
})
