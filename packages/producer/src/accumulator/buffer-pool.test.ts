import { seededRandom } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { BufferPool } from './buffer-pool.ts'

test('buffer pool: a buffer of the usual size is used again, and counts as available meanwhile', () => {
  const pool = new BufferPool({ totalBytes: 1_000, poolableBytes: 100 })
  const buffer = pool.tryAllocate(100)!
  expect([buffer.length, pool.availableBytes, pool.pooledBytes]).toEqual([100, 900, 0])
  pool.deallocate(buffer)
  expect([pool.availableBytes, pool.pooledBytes]).toEqual([1_000, 100])
  expect(pool.tryAllocate(100)).toBe(buffer)
})

test('buffer pool: another size is counted and not kept', () => {
  const pool = new BufferPool({ totalBytes: 1_000, poolableBytes: 100 })
  pool.deallocate(pool.tryAllocate(250)!)
  expect([pool.availableBytes, pool.pooledBytes]).toEqual([1_000, 0])
})

test('buffer pool: all of it can be taken, one byte more can not be asked for', () => {
  const pool = new BufferPool({ totalBytes: 1_000, poolableBytes: 100 })
  expect(pool.tryAllocate(1_000)).toHaveLength(1_000)
  expect(pool.tryAllocate(1)).toBeUndefined()
  expect(() => pool.tryAllocate(1_001)).toThrow('1001 bytes of a pool of 1000')
})

test('buffer pool: pooled buffers are let go when another size needs their bytes', () => {
  const pool = new BufferPool({ totalBytes: 300, poolableBytes: 100 })
  const buffers = [pool.tryAllocate(100)!, pool.tryAllocate(100)!, pool.tryAllocate(100)!]
  for (const buffer of buffers) pool.deallocate(buffer)
  expect(pool.tryAllocate(150)).toHaveLength(150)
  expect([pool.availableBytes, pool.pooledBytes]).toEqual([150, 100])
})

test('buffer pool: sizes above 32 bits are counted exactly, pooled ones too', () => {
  const pool = new BufferPool({ totalBytes: 20_000_000_000, poolableBytes: 100 })
  pool.deallocate(pool.tryAllocate(100)!)
  expect(pool.availableBytes).toBe(20_000_000_000)
  expect(pool.tryReserve(19_999_999_900)).toBe(true)
  expect([pool.availableBytes, pool.pooledBytes]).toEqual([100, 100])
  expect([pool.tryReserve(101), pool.tryReserve(100), pool.pooledBytes]).toEqual([false, true, 0])
  pool.release(20_000_000_000)
  expect(pool.availableBytes).toBe(20_000_000_000)
})

test('buffer pool: a buffer that the platform cannot make counts nothing', () => {
  const bytes = 2 ** 53 - 1
  const pool = new BufferPool({ totalBytes: bytes, poolableBytes: 100 })
  expect(() => pool.tryAllocate(bytes)).toThrow(RangeError)
  expect(pool.availableBytes).toBe(bytes)
  expect(pool.tryAllocate(100)).toHaveLength(100)
})

test('buffer pool: whatever the order, backing bytes stay within the total and nothing is lost', () => {
  const random = seededRandom(5)
  const pool = new BufferPool({ totalBytes: 1_000, poolableBytes: 100 })
  const out: Uint8Array[] = []
  for (let i = 0; i < 20_000; i++) {
    const bytes = random.below(2) === 0 ? 100 : 1 + random.below(400)
    const buffer = random.below(2) === 0 ? pool.tryAllocate(bytes) : undefined
    if (buffer !== undefined) out.push(buffer)
    else if (out.length > 0) pool.deallocate(out.splice(random.below(out.length), 1)[0]!)
    const usedBytes = out.reduce((sum, { length }) => sum + length, 0)
    expect(pool.availableBytes).toBe(1_000 - usedBytes)
    expect(usedBytes + pool.pooledBytes).toBeLessThanOrEqual(1_000)
  }
  for (const buffer of out) pool.deallocate(buffer)
  expect(pool.availableBytes).toBe(1_000)
})

test('buffer pool: more is never given back than was taken', () => {
  const pool = new BufferPool({ totalBytes: 1_000, poolableBytes: 100 })
  const buffer = pool.tryAllocate(100)!
  pool.deallocate(buffer)
  expect(() => pool.deallocate(buffer)).toThrow('100 bytes given back, 0 are out')
})
