import { afterEach, expect, test, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('a caller that does not give way shares one reading of the wall clock among 16 records', async () => {
  await giveWay()
  const read = vi.spyOn(Date, 'now')
  for (let i = 0; i < 32; i++) systemClock.wallMs()
  expect(read).toHaveBeenCalledTimes(2)
})

test('who gave way, if only for a microtask, reads the wall clock anew', async () => {
  await giveWay()
  const read = vi.spyOn(Date, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(2_000).mockReturnValueOnce(3_000)
  expect([systemClock.wallMs(), systemClock.wallMs()]).toEqual([1_000, 1_000])
  await Promise.resolve()
  expect(systemClock.wallMs()).toBe(2_000)
  await giveWay()
  expect(systemClock.wallMs()).toBe(3_000)
  expect(read).toHaveBeenCalledTimes(3)
})

function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
