import { expect, test } from 'vitest'
import { history, notIdempotent, request } from '../../test/hand-made-history.ts'
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
