import { expect, test } from 'vitest'
import { history, told } from '../../test/hand-made-history.ts'
import { close } from './close.ts'

const wait = (returnedAtMs: number) => ({
  step: 'close' as const,
  calledAtMs: 10,
  returnedAtMs,
  submittedBefore: 0,
  unsettled: [],
  withinMs: undefined,
  timeoutMs: 50,
})
const closed = told(60, 'closed', { forced: true })
const sent = (atMs: number) => told(atMs, 'request-sent', { node: 1, api: 'Produce' })

test('CLOSE: within its timeout, and silent after it, is lawful', () => {
  expect(close.judge(history([], { waits: [wait(60)], trace: [sent(60), closed] }))).toEqual([])
})

test('CLOSE: one that outlasts its timeout is found', () => {
  expect(close.judge(history([], { waits: [wait(62)] }))[0]?.message).toBe('close took 52 ms, its timeout is 50 ms')
})

test('CLOSE: a request after it is found', () => {
  expect(close.judge(history([], { trace: [closed, sent(60)] }))[0]?.message).toBe(
    'Produce was sent to broker 1 after close',
  )
})
