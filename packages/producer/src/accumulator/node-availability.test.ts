import { expect, test } from 'vitest'
import { NodeAvailability } from './node-availability.ts'

const leftOut = (availability: NodeAvailability, nowMs: number, hasData = true): number[] => [
  ...availability.leftOut(nowMs, () => hasData),
]

test('node availability: a broker is left out once data has waited for longer than the timeout', () => {
  const availability = new NodeAvailability(50)
  availability.note(1, { hasTaken: false, nowMs: 100 })
  availability.note(1, { hasTaken: false, nowMs: 140 })
  expect(leftOut(availability, 150)).toEqual([])
  expect(leftOut(availability, 151)).toEqual([1])
})

test('node availability: a broker that took data is not left out', () => {
  const availability = new NodeAvailability(50)
  availability.note(1, { hasTaken: false, nowMs: 0 })
  availability.note(1, { hasTaken: true, nowMs: 60 })
  availability.note(1, { hasTaken: false, nowMs: 70 })
  expect(leftOut(availability, 120)).toEqual([])
  expect(leftOut(availability, 121)).toEqual([1])
})

test('node availability: a broker for which nothing waits any more is tried again after another timeout', () => {
  const availability = new NodeAvailability(50)
  availability.note(1, { hasTaken: false, nowMs: 0 })
  availability.note(1, { hasTaken: false, nowMs: 60 })
  expect(leftOut(availability, 110, false)).toEqual([1])
  expect(leftOut(availability, 111, true)).toEqual([1])
  expect(leftOut(availability, 111, false)).toEqual([])
  expect(leftOut(availability, 112, true)).toEqual([])
})

test('node availability: without a timeout nobody is left out', () => {
  const availability = new NodeAvailability(0)
  availability.note(1, { hasTaken: false, nowMs: 0 })
  expect(leftOut(availability, 1_000_000)).toEqual([])
})
