import type { Sensor } from './sensor.ts'

/** One number with Kafka's name for it. Times are in the unit that the name says, rates per second. */
export interface Metric {
  readonly name: string
  readonly group: string
  readonly tags: Readonly<Record<string, string>>
  readonly value: number | string
}

/** A name and how to read it. */
export type Reading = readonly [name: string, read: (nowMs: number) => number | string]

/** `<name>-rate` and `<name>-total`. */
export function meter(name: string, sensor: Sensor): Reading[] {
  return [
    [`${name}-rate`, (nowMs) => sensor.rate(nowMs)],
    [`${name}-total`, () => sensor.total],
  ]
}

/** `<name>-avg` and `<name>-max`. */
export function distribution(name: string, sensor: Sensor): Reading[] {
  return [average(`${name}-avg`, sensor), [`${name}-max`, (nowMs) => sensor.max(nowMs)]]
}

export function average(name: string, sensor: Sensor): Reading {
  return [name, (nowMs) => sensor.average(nowMs)]
}

/** Milliseconds were recorded; the name says nanoseconds. */
export function nanoseconds(name: string, sensor: Sensor): Reading {
  return [name, () => sensor.total * 1e6]
}

export function read(readings: readonly Reading[], group: string, tags: Metric['tags'], nowMs: number): Metric[] {
  return readings.map(([name, value]) => ({ name, group, tags, value: value(nowMs) }))
}
