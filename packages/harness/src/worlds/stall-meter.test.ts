import { expect, test } from 'vitest'
import { StallMeter } from './stall-meter.ts'

test('stall meter: a loop that stood still for 100 ms lost nearly that', () => {
  const meter = new StallMeter()
  const untilMs = performance.now() + 100
  while (performance.now() < untilMs);
  expect(meter.stop()).toBeGreaterThan(80)
})
