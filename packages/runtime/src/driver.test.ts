import { expect, test } from 'vitest'
import { Driver } from './driver.ts'
import { VirtualClock } from './sim/virtual-clock.ts'

function driven(next: (nowMs: number) => number): { clock: VirtualClock; driver: Driver; turns: number[] } {
  const clock = new VirtualClock()
  const turns: number[] = []
  const driver = new Driver(clock, {
    poll(nowMs) {
      turns.push(nowMs)
      return next(nowMs)
    },
  })
  return { clock, driver, turns }
}

test('driver: a turn happens at the deadline that the turn before returned', () => {
  const { clock, driver, turns } = driven((nowMs) => nowMs + 10)
  driver.wake()
  clock.runUntil(35)
  expect(turns).toEqual([0, 10, 20, 30])
})

test('driver: many wake-ups in one event make one turn', () => {
  const { clock, driver, turns } = driven(() => Number.POSITIVE_INFINITY)
  for (let i = 0; i < 5; i++) driver.wake()
  clock.runUntil(1)
  expect(turns).toEqual([0])
})

test('driver: a turn never runs inside the event that asked for it', () => {
  const { driver, turns } = driven(() => Number.POSITIVE_INFINITY)
  driver.wake()
  expect(turns).toEqual([])
})

test('driver: a wake-up during a turn makes another turn', () => {
  let again = true
  const made = driven((nowMs) => {
    if (again) made.driver.wake()
    again = false
    return nowMs + 100
  })
  made.driver.wake()
  made.clock.runUntil(1)
  expect(made.turns).toEqual([0, 0])
})

test('driver: an earlier deadline replaces a later one, and the later one leaves no timer behind', () => {
  const { clock, driver, turns } = driven((nowMs) => (nowMs < 50 ? 50 : Number.POSITIVE_INFINITY))
  driver.wake()
  clock.runUntil(20)
  driver.wake()
  clock.runUntil(100)
  expect(turns).toEqual([0, 20, 50])
  expect(clock.pending).toBe(0)
})

test('driver: a deadline that moves on with every wake-up needs no new timer, and no turn at the old one', () => {
  const { clock, driver, turns } = driven((nowMs) => nowMs + 100)
  const asked: number[] = []
  const { wakeAt } = clock
  clock.wakeAt = (atMs, wake) => {
    asked.push(atMs)
    return wakeAt.call(clock, atMs, wake)
  }
  for (const wakesMs of [0, 30, 60, 90]) {
    clock.runUntil(wakesMs)
    driver.wake()
  }
  clock.runUntil(189)
  expect(turns).toEqual([0, 30, 60, 90])
  expect(asked).toEqual([0, 100, 30, 60, 90, 190])
  clock.runUntil(190)
  expect(turns).toEqual([0, 30, 60, 90, 190])
})

test('driver: an idle core has no timer', () => {
  const { clock, driver } = driven(() => Number.POSITIVE_INFINITY)
  driver.wake()
  clock.runUntil(1)
  expect(clock.pending).toBe(0)
})

test('driver: a core whose deadline went away has no timer, though one was set', () => {
  let next = 100
  const { clock, driver } = driven(() => next)
  driver.wake()
  clock.runUntil(1)
  next = Number.POSITIVE_INFINITY
  driver.wake()
  clock.runUntil(2)
  expect(clock.pending).toBe(0)
})

test('driver: after close there is no turn and no timer', () => {
  const { clock, driver, turns } = driven((nowMs) => nowMs + 1)
  driver.wake()
  clock.runUntil(2)
  driver.close()
  driver.wake()
  expect(clock.pending).toBe(0)
  clock.runUntil(10)
  expect(turns).toEqual([0, 1, 2])
})
