import { expect, test } from 'vitest'
import { Sensor } from './sensor.ts'

const windows = { count: 2, windowMs: 30_000 }

test('sensor: without a value there is no average and no maximum, and the rate is 0', () => {
  const sensor = new Sensor(windows)
  expect([sensor.average(0), sensor.max(0), sensor.rate(0), sensor.total]).toEqual([Number.NaN, Number.NaN, 0, 0])
})

test('sensor: average, maximum and rate look back on the last windows, the total on everything', () => {
  const sensor = new Sensor(windows)
  sensor.record(10, 0)
  sensor.record(20, 29_999)
  sensor.record(60, 30_000)
  expect([sensor.average(30_000), sensor.max(30_000), sensor.total]).toEqual([30, 60, 90])
  // The first window is too old as soon as two windows have passed since its start.
  expect([sensor.average(59_999), sensor.average(60_000)]).toEqual([30, 60])
  expect([sensor.max(90_000), sensor.average(90_000), sensor.total]).toEqual([Number.NaN, Number.NaN, 90])
})

test('sensor: a rate counts windows that have not been yet as empty', () => {
  const sensor = new Sensor(windows)
  sensor.record(60, 0)
  expect(sensor.rate(0)).toBe(60 / 30)
  expect(sensor.rate(15_000)).toBeCloseTo(60 / 45)
  sensor.record(60, 30_000)
  expect(sensor.rate(30_000)).toBe(120 / 30)
  expect(sensor.rate(59_000)).toBeCloseTo(120 / 59)
  expect(sensor.rate(60_000)).toBe(60 / 30)
})

test('sensor: windows are used again, so that recording allocates nothing', () => {
  const sensor = new Sensor({ count: 3, windowMs: 10 })
  for (let nowMs = 0; nowMs < 1_000; nowMs++) sensor.record(nowMs, nowMs)
  expect(sensor.max(999)).toBe(999)
  expect(sensor.average(999)).toBe((970 + 999) / 2)
  expect(sensor.rate(1_000_000)).toBe(0)
})

test('sensor: windows of no length are no division by zero', () => {
  const sensor = new Sensor({ count: 1, windowMs: 0 })
  sensor.record(5, 1)
  expect(sensor.rate(1)).toBe(5_000)
})
