import { expect, test } from 'vitest'
import { history, told } from '../../test/hand-made-history.ts'
import { throttle } from './throttle.ts'

const answered = told(10, 'response-received', { node: 1, api: 'Produce', throttleTimeMs: 50 })
const sent = (atMs: number, node = 1) => told(atMs, 'request-sent', { node, api: 'Produce' })
const found = (...trace: ReturnType<typeof told>[]) => throttle.judge(history([], { trace })).map((one) => one.message)

test('THROTTLE: a request before the time is over is found', () => {
  expect(found(answered, sent(30))).toEqual(['Produce was sent to broker 1 30 ms before its throttle ended'])
})

test('THROTTLE: after it, to another broker, or on a new connection it is lawful', () => {
  expect(found(answered, sent(60))).toEqual([])
  expect(found(answered, sent(30, 2))).toEqual([])
  expect(found(answered, told(20, 'connection-lost', { node: 1 }), sent(30))).toEqual([])
})
