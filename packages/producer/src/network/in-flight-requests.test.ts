import { InvariantError, metadata } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { type InFlightRequest, InFlightRequests } from './in-flight-requests.ts'

function request(correlationId: number, options: Partial<InFlightRequest<string>> = {}): InFlightRequest<string> {
  const sentMs = options.sentMs ?? correlationId
  const base = { api: metadata, version: 12, context: `${correlationId}`, expectsResponse: true }
  return { ...base, correlationId, sentMs, deadlineMs: sentMs + 100, ...options }
}

function of(...requests: InFlightRequest<string>[]): InFlightRequests<string> {
  const inFlight = new InFlightRequests<string>()
  for (const one of requests) inFlight.add(one)
  return inFlight
}

function ids(requests: readonly InFlightRequest<string>[]): number[] {
  return requests.map(({ correlationId }) => correlationId)
}

test('in-flight requests: answers take them in the order sent', () => {
  const inFlight = of(request(1), request(2))
  expect(inFlight.takeFirst()?.correlationId).toBe(1)
  expect(inFlight.first?.correlationId).toBe(2)
  expect(inFlight.count).toBe(1)
  inFlight.takeFirst()
  expect(inFlight.takeFirst()).toBeUndefined()
})

test('in-flight requests: those without an answer are taken once written, also from behind others', () => {
  const inFlight = of(request(1), request(2, { expectsResponse: false }), request(3))
  expect(ids(inFlight.takeWritten())).toEqual([2])
  expect(ids(inFlight.all)).toEqual([1, 3])
  expect(inFlight.takeWritten()).toEqual([])
})

test('in-flight requests: all are taken oldest first', () => {
  const inFlight = of(request(1), request(2), request(3))
  expect(ids(inFlight.takeAll())).toEqual([1, 2, 3])
  expect(inFlight.count).toBe(0)
  expect(inFlight.deadlineMs).toBe(Number.POSITIVE_INFINITY)
})

test('in-flight requests: any that is out of time counts, not the first alone', () => {
  const inFlight = of(request(1), request(2))
  expect(inFlight.deadlineMs).toBe(101)
  expect(inFlight.overdueAt(100)).toBeUndefined()
  expect(inFlight.overdueAt(101)?.correlationId).toBe(1)
  inFlight.extend(50)
  inFlight.add(request(3, { sentMs: 10 }))
  expect(inFlight.deadlineMs).toBe(110)
  expect(inFlight.overdueAt(110)?.correlationId).toBe(3)
})

test('in-flight requests: time of a throttle is given to those that wait, however often, and to none that comes later', () => {
  const inFlight = of(request(0))
  for (let i = 0; i < 10; i++) {
    inFlight.extend(1_000)
    inFlight.add(request(i + 1))
    inFlight.takeFirst()
  }
  expect(inFlight.deadlineMs).toBe(110)
})

test('in-flight requests: they are added in the order of time', () => {
  expect(() => of(request(2), request(1))).toThrow(InvariantError)
})
