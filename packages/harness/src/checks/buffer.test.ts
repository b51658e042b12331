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

test('BUFFER: the next in line goes in at once if the first gave up and there is enough for that one', () => {
  const line = [told(1, 'buffer-wait', { bytes: 500 }), told(2, 'buffer-wait', { bytes: 100 })]
  const gaveUp = (availableBytes: number) => [
    told(9, 'buffer-exhausted', { bytes: 500, availableBytes }),
    told(9, 'send-unblocked', { on: 'memory' }),
    told(9, 'send-failed', {}),
  ]
  const goesIn = (atMs: number) => told(atMs, 'send-unblocked', { on: 'memory' })
  const found = (...trace: ReturnType<typeof told>[]) => buffer.judge(history([], { trace })).map((one) => one.message)
  expect(found(...line, ...gaveUp(100), goesIn(9))).toEqual([])
  expect(found(...line, ...gaveUp(99), goesIn(20))).toEqual([])
  expect(found(...line, ...gaveUp(100), goesIn(20))).toEqual([
    'a send went on waiting for 100 bytes while 100 were available',
  ])
})
