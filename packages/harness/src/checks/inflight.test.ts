import { expect, test } from 'vitest'
import { history, notIdempotent, request, told } from '../../test/hand-made-history.ts'
import { inflight } from './inflight.ts'

const producer = { ...notIdempotent, inFlightRequestsMax: 1 }

test('INFLIGHT: one after the other is lawful, and so is one per connection', () => {
  const requests = [
    request({ receivedAtMs: 5, answeredAtMs: 6 }),
    request({ receivedAtMs: 6, answeredAtMs: 8 }),
    request({ receivedAtMs: 7, answeredAtMs: 8, connection: 2 }),
    request({ receivedAtMs: 7, answeredAtMs: 8, api: 'Metadata' }),
  ]
  expect(inflight.judge(history([], { producer, requests }))).toEqual([])
})

test('INFLIGHT: one more than allowed is found', () => {
  const requests = [request({ receivedAtMs: 5, answeredAtMs: 7 }), request({ receivedAtMs: 6, answeredAtMs: 8 })]
  const found = inflight.judge(history([], { producer, requests }))
  expect(found.map((one) => one.message)).toEqual([
    '2 Produce requests in flight on one connection of broker 1, 1 are allowed',
  ])
})

test('INFLIGHT: what a producer sends before it hears is found although the broker has answered already', () => {
  const sent = (atMs: number, correlationId: number) =>
    told(atMs, 'request-sent', { node: 1, api: 'Produce', correlationId })
  const heard = told(2, 'response-received', { node: 1, api: 'Produce', correlationId: 1 })
  const lost = told(2, 'connection-state', { node: 1, from: 'ready', to: 'disconnected' })
  const found = (...trace: ReturnType<typeof told>[]): string[] =>
    inflight.judge(history([], { producer, trace })).map(({ message }) => message)
  expect(found(sent(1, 1), heard, sent(3, 2))).toEqual([])
  expect(found(sent(1, 1), lost, sent(3, 2))).toEqual([])
  expect(found(sent(1, 1), sent(1, 2), heard)).toEqual([
    '2 Produce requests to broker 1 without an answer, 1 are allowed',
  ])
})
