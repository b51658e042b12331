import { expect, test } from 'vitest'
import { history, told } from '../../test/hand-made-history.ts'
import { buffer } from './buffer.ts'

test('BUFFER: within the limit is lawful, and so is a refusal for want of memory', () => {
  const memory = { totalBytes: 1_000, availableBytesMin: 0, availableBytesMax: 1_000 }
  const trace = [told(9, 'buffer-exhausted', { bytes: 100, availableBytes: 99 })]
  expect(buffer.judge(history([], { memory, trace }))).toEqual([])
})

test('BUFFER: more given back than taken, and more taken than there is, are found', () => {
  const more = { totalBytes: 1_000, availableBytesMin: 0, availableBytesMax: 1_001 }
  expect(buffer.judge(history([], { memory: more }))).toHaveLength(1)
  const less = { totalBytes: 1_000, availableBytesMin: -1, availableBytesMax: 1_000 }
  expect(buffer.judge(history([], { memory: less }))).toHaveLength(1)
})

test('BUFFER: a refusal while there is enough is found', () => {
  const trace = [told(9, 'buffer-exhausted', { bytes: 100, availableBytes: 100 })]
  expect(buffer.judge(history([], { trace }))[0]?.message).toBe(
    'a send was refused for want of 100 bytes while 100 were available',
  )
})
