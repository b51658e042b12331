import { expect, test, vi } from 'vitest'
import { consoleLogger } from './console-logger.ts'

test('console logger: warnings and errors say whose they are, an error is shown with its stack, and the rest is silent', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const err = new Error('mine')
  try {
    consoleLogger.warn({ clientId: 'shop' }, 'first')
    consoleLogger.error({}, 'second')
    consoleLogger.error({ clientId: 'shop', err }, 'third')
    expect(warn.mock.calls).toEqual([['kafka producer shop: first']])
    expect(error.mock.calls).toEqual([['kafka producer: second'], ['kafka producer shop: third', err]])
  } finally {
    warn.mockRestore()
    error.mockRestore()
  }
  expect(consoleLogger.info).toBeUndefined()
  expect(consoleLogger.debug).toBeUndefined()
})
