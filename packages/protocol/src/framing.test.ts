import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { FrameError, FrameReader } from './framing.ts'

const limits = { frameBytesMax: 1000 }

function framed(...frames: Uint8Array[]): Uint8Array {
  const parts = frames.map((frame) => {
    const whole = new Uint8Array(frame.length + 4)
    new DataView(whole.buffer).setInt32(0, frame.length)
    whole.set(frame, 4)
    return whole
  })
  return new Uint8Array(Buffer.concat(parts))
}

function prefix(size: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, size)
  return bytes
}

test('frame reader: the same frames come out however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (frames, cuts) => {
        const stream = framed(...frames)
        const reader = new FrameReader(limits)
        const out: Uint8Array[] = []
        for (let at = 0, i = 0; at < stream.length; i++) {
          const length = cuts[i % cuts.length] ?? 1
          out.push(...reader.push(stream.slice(at, at + length)))
          at += length
        }
        expect(out).toEqual(frames)
        expect(reader.pendingBytes).toBe(0)
      },
    ),
  )
})

test('frame reader: a frame that arrived whole is not copied', () => {
  const chunk = framed(new Uint8Array([1, 2]), new Uint8Array(0), new Uint8Array([3]))
  const frames = new FrameReader(limits).push(chunk)
  expect(frames).toEqual([new Uint8Array([1, 2]), new Uint8Array(0), new Uint8Array([3])])
  for (const frame of frames) expect(frame.buffer).toBe(chunk.buffer)
})

test('frame reader: a frame whose prefix came before is not copied either', () => {
  const reader = new FrameReader(limits)
  expect(reader.push(prefix(2))).toEqual([])
  const chunk = new Uint8Array([1, 2])
  expect(reader.push(chunk)[0]?.buffer).toBe(chunk.buffer)
})

test('frame reader: says how many bytes are waiting', () => {
  const reader = new FrameReader(limits)
  const stream = framed(new Uint8Array(10))
  const pending = [...stream].map((byte) => {
    reader.push(new Uint8Array([byte]))
    return reader.pendingBytes
  })
  expect(pending).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0])
})

test('frame reader: a frame of exactly the limit is taken', () => {
  expect(new FrameReader(limits).push(framed(new Uint8Array(1000)))).toHaveLength(1)
})

test.each([-1, -0x80000000, 1001, 0x7fffffff])('frame reader: a prefix of %i is refused, now and later', (size) => {
  const reader = new FrameReader(limits)
  const error = thrownBy(() => reader.push(prefix(size)))
  expect(error).toBeInstanceOf(FrameError)
  expect(error).toMatchObject({ size, limit: 1000, framesBefore: [] })
  expect(() => reader.push(framed(new Uint8Array(1)))).toThrow(FrameError)
})

test('frame reader: the frames before a bad prefix in the same chunk are not lost', () => {
  const chunk = new Uint8Array([...framed(new Uint8Array([7])), ...prefix(-5)])
  const error = thrownBy(() => new FrameReader(limits).push(chunk)) as FrameError
  expect(error.framesBefore).toEqual([new Uint8Array([7])])
})

test('frame reader: an announced size is not allocated before the bytes arrive', () => {
  const reader = new FrameReader({ frameBytesMax: 0x7fffffff })
  const before = process.memoryUsage().arrayBuffers
  reader.push(prefix(0x7fffffff))
  reader.push(new Uint8Array(10))
  // Two GiB were announced. The margin is for other tests in the same process.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(500_000_000)
})

test('frame reader: a large frame byte by byte takes linear time', () => {
  const frameBytes = 300_000
  const reader = new FrameReader({ frameBytesMax: frameBytes })
  const copy = vi.spyOn(Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array, 'set')
  try {
    let copiedBytes = 0
    const one = new Uint8Array([9])
    reader.push(prefix(frameBytes))
    for (let i = 1; i < frameBytes; i++) {
      reader.push(one)
      for (const [source] of copy.mock.calls) copiedBytes += source.length
      copy.mockClear()
    }
    expect(reader.push(one)[0]?.length).toBe(frameBytes)
    // Each byte once on arrival, and in all the doublings together less than twice more.
    expect(copiedBytes).toBeGreaterThanOrEqual(frameBytes - 1)
    expect(copiedBytes).toBeLessThan(3 * frameBytes)
  } finally {
    copy.mockRestore()
  }
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}
