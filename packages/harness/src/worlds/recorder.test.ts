import { VirtualClock } from '@harrow/runtime/sim'
import { expect, test } from 'vitest'
import { recordValue } from '../workload/record-value.ts'
import { Recorder } from './recorder.ts'

const record = { topic: 'orders', partition: undefined, key: null, value: recordValue('0000abcd', 0, 30) }

test('recorder: time counts from its making', () => {
  const clock = new VirtualClock()
  clock.runUntil(100)
  const recorder = new Recorder(clock)
  clock.runUntil(130)
  recorder.trace('broker', 'broker-started', { broker: 1 })
  expect(recorder.events).toEqual([{ atMs: 30, source: 'broker', event: 'broker-started', details: { broker: 1 } }])
})

test('recorder: a wait tells which of the earlier records are open', () => {
  const recorder = new Recorder(new VirtualClock())
  const first = recorder.submitted(record)
  const second = recorder.submitted(record)
  const returned = recorder.waitStarted('flush', { producer: undefined })
  recorder.submitted(record)
  recorder.settled(first, { outcome: 'failed', atMs: 0, error: 'X', certainty: 'maybe', message: '' })
  returned()
  expect(recorder.waits[0]).toMatchObject({ submittedBefore: 2, unsettled: [second.number] })
})

test('recorder: completions are part of the trace hash', () => {
  const hashOf = (error: string): string => {
    const recorder = new Recorder(new VirtualClock())
    recorder.settled(recorder.submitted(record), { outcome: 'failed', atMs: 0, error, certainty: 'maybe', message: '' })
    return recorder.traceHash
  }
  expect(hashOf('X')).toBe(hashOf('X'))
  expect(hashOf('X')).not.toBe(hashOf('Y'))
})

test('recorder: a producer that tries a lost broker without a pause is judged by all that it did (seed 1006290)', () => {
  const recorder = new Recorder(new VirtualClock())
  recorder.trace('producer', 'batch-drained', {})
  for (let i = 0; i < 215_000; i++) recorder.trace('producer', 'connection-state', {})
  expect(recorder.events[0]?.event).toBe('batch-drained')
})
