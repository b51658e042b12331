import { expect, test } from 'vitest'
import { acknowledged, failed, history, observed, settings, told, written } from '../../test/hand-made-history.ts'
import type { TraceEvent } from '../history.ts'
import { live } from './live.ts'

// 5 + 2 * (300 + 100 + 50) + 50
const limitMs = 955
const probes = [{ number: 0, topic: 'orders', partition: 0 }]

test('LIVE: a probe that arrives in time is lawful', () => {
  expect(live.judge(history([written(0, { ends: [acknowledged(0, 0, limitMs)] })], { probes }))).toEqual([])
})

test('LIVE: a probe that arrives late, or fails, is found', () => {
  const late = history([written(0, { ends: [acknowledged(0, 0, limitMs + 1)] })], { probes })
  expect(live.judge(late)[0]?.message).toBe('a probe to orders-0 arrived late after 956 ms')
  const lost = history([{ ends: [failed('DELIVERY_TIMEOUT', 'maybe')] }], { probes })
  expect(live.judge(lost)[0]?.message).toBe('a probe to orders-0 failed with DELIVERY_TIMEOUT after 10 ms')
})

test('LIVE: does not bind without probes, after a fatal error, or with next to no retries', () => {
  expect(live.unbound?.(history([]))).toMatch('no probes')
  expect(live.unbound?.(history([], { probes, trace: [told(1, 'fatal', {})] }))).toMatch('nothing more')
  expect(live.unbound?.(history([], { probes, producer: { ...settings, retries: 1 } }))).toBe('only 1 retries')
})

test('LIVE: who leaves no time for one retry may not find a leader that has moved', () => {
  const lost = history([{ ends: [failed('DELIVERY_TIMEOUT', 'maybe')] }], { probes })
  const { lingerMs, requestTimeoutMs, retryBackoffMsMax } = settings
  const enoughMs = lingerMs + requestTimeoutMs + 1.2 * retryBackoffMsMax
  expect(live.judge({ ...lost, producer: { ...settings, deliveryTimeoutMs: enoughMs - 1 } })).toEqual([])
  expect(live.judge({ ...lost, producer: { ...settings, deliveryTimeoutMs: enoughMs } })).toHaveLength(1)
})

test('LIVE: who waits for metadata no longer than the longest backoff and one question can be told that it was too short', () => {
  const short = history([{ ends: [failed('METADATA_TIMEOUT', 'definite')] }], { probes })
  const enoughMs = settings.requestTimeoutMs + 1.2 * settings.retryBackoffMsMax
  expect(live.judge({ ...short, producer: { ...settings, blockMsMax: enoughMs - 1 } })).toEqual([])
  expect(live.judge({ ...short, producer: { ...settings, blockMsMax: enoughMs } })).toHaveLength(1)
})

test('LIVE: does not bind where a topic was made anew and brokers tell no topic ids', () => {
  const asked = (version: number) => told(1, 'request-sent', { node: 1, api: 'Metadata', version })
  const deleted = observed(2, 'topic-deleted', { topic: 'orders' })
  const unbound = (...trace: TraceEvent[]) => live.unbound?.(history([], { probes, trace }))
  expect(unbound(asked(9), deleted)).toMatch('no topic ids')
  expect([unbound(asked(10), deleted), unbound(asked(9))]).toEqual([undefined, undefined])
})
