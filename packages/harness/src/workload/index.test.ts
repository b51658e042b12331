import { readdirSync } from 'node:fs'
import { seededRandom } from '@harrow/runtime'
import { VirtualClock } from '@harrow/runtime/sim'
import { expect, test } from 'vitest'
import { Recorder } from '../worlds/recorder.ts'
import { runWorkload, steps } from './index.ts'
import type { Stage, SubjectRecord } from './step.ts'

function parsedStep(name: string, value: unknown): unknown {
  return steps[name as 'produce'].schema.parse(value)
}

/** Plays a workload against a subject that takes 20 ms for flush and close, and tells what was asked of it and when. */
function play(workload: Record<string, unknown>[], partitions = 3) {
  const clock = new VirtualClock()
  const log: (string | number)[][] = []
  const sent: SubjectRecord[] = []
  const recorder = new Recorder(clock)
  const later = (what: string) => (done: () => void) => {
    log.push([clock.nowMs(), what])
    clock.wakeAt(clock.nowMs() + 20, done)
  }
  const subject = (name: string | undefined): Stage['subject'] => {
    const by = (what: string): string => (name === undefined ? what : `${what} by ${name}`)
    return {
      name,
      send: (record: SubjectRecord) => {
        log.push([clock.nowMs(), by('send')])
        sent.push(record)
        recorder.submitted({ ...record, value: new Uint8Array(), producer: name })
      },
      flush: later(by('flush')),
      close: (timeoutMs: number | undefined, done: () => void) => later(by(`close ${timeoutMs}`))(done),
    }
  }
  const stage: Stage = {
    clock,
    recorder,
    random: seededRandom(1),
    timerSlackMs: 1,
    hitsOf: (name: string) => (name === 'at 30' && clock.nowMs() >= 30 ? 1 : 0),
    partitionsOf: () => partitions,
    producer: undefined,
    of: (name) => ({ ...stage, producer: name, subject: subject(name) }),
    subject: subject(undefined),
  }
  let endedAtMs = -1
  const parsed = workload.map((step) =>
    Object.fromEntries(
      Object.entries(step).map(([name, value]) => [name, name === 'producer' ? value : parsedStep(name, value)]),
    ),
  )
  runWorkload(stage, parsed, () => {
    endedAtMs = clock.nowMs()
  })
  while (clock.step());
  return { log, sent, recorder, endedAtMs }
}

test('workload: folder and list of steps are equal', () => {
  const files = readdirSync(new URL('.', import.meta.url))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -3))
    .filter((name) => !['step', 'step-qualifiers', 'index', 'record-value', 'key-choice', 'value-size'].includes(name))
  expect(Object.keys(steps).sort()).toEqual(files.sort())
})

test('workload: steps run one after the other', () => {
  const { log, endedAtMs } = play([
    { produce: { topic: 't', records: 2 } },
    { flush: null },
    { pause: '5ms' },
    { close: { timeout: '1s' } },
  ])
  expect(log).toEqual([
    [0, 'send'],
    [0, 'send'],
    [0, 'flush'],
    [25, 'close 1000'],
  ])
  expect(endedAtMs).toBe(45)
})

test('produce: a rate spreads records evenly', () => {
  const { log, endedAtMs } = play([{ produce: { topic: 't', records: 4, rate: '100/s' } }])
  expect(log.map(([atMs]) => atMs)).toEqual([0, 10, 20, 30])
  expect(endedAtMs).toBe(30)
})

test('produce: bursts keep the rate', () => {
  const { log } = play([{ produce: { topic: 't', records: 5, rate: '100/s', burst: 2 } }])
  expect(log.map(([atMs]) => atMs)).toEqual([0, 0, 20, 20, 40])
})

test('produce: keys and partitions take turns', () => {
  const { sent } = play([{ produce: { topic: 't', records: 4, keys: 2, partition: 'round-robin', value: '1KiB' } }])
  expect(sent.map(({ key, partition }) => [key, partition])).toEqual([
    ['key-0', 0],
    ['key-1', 1],
    ['key-0', 2],
    ['key-1', 0],
  ])
  expect(sent[0]).toMatchObject({ topic: 't', valueBytes: 1024, headers: undefined })
})

test('produce: without keys and partition the producer chooses', () => {
  expect(play([{ produce: { topic: 't', records: 1, headers: { a: 'b' } } }]).sent).toEqual([
    { topic: 't', key: null, partition: undefined, headers: { a: 'b' }, valueBytes: 100 },
  ])
})

test('flush: what it took and what it may take is written down', () => {
  expect(play([{ flush: { within: '10ms' } }]).recorder.waits).toEqual([
    { step: 'flush', calledAtMs: 0, returnedAtMs: 20, submittedBefore: 0, unsettled: [], withinMs: 10 },
  ])
})

test('until: waits for a fault to act, and not for longer than it may', () => {
  const { log, endedAtMs, recorder } = play([
    { until: { hit: 'at 30' } },
    { flush: null },
    { until: { hit: 'never', within: '100ms' } },
  ])
  expect(log).toEqual([[30, 'flush']])
  expect(endedAtMs).toBeGreaterThan(150)
  expect(endedAtMs).toBeLessThan(160)
  expect(recorder.waits.map(({ step, withinMs }) => [step, withinMs])).toEqual([
    ['until', 30_000],
    ['flush', undefined],
    ['until', 100],
  ])
})

test('until: waits for so many records to have completed', () => {
  const { endedAtMs } = play([{ produce: { topic: 't', records: 2 } }, { until: { settled: 2, within: '5ms' } }])
  expect(endedAtMs).toBeGreaterThan(5)
})

test('parallel: lanes run side by side, and the next step waits for the last of them', () => {
  const { log, endedAtMs } = play([
    { parallel: [[{ produce: { topic: 't', records: 1 } }, { flush: null }], [{ pause: 50 }]] },
    { close: {} },
  ])
  expect(log).toEqual([
    [0, 'send'],
    [0, 'flush'],
    [50, 'close undefined'],
  ])
  expect(endedAtMs).toBe(70)
})

test('produce: a hot key has its share, and zipf prefers the first', () => {
  const share = (keys: object): number => {
    const { sent } = play([{ produce: { topic: 't', records: 2000, keys } }])
    return sent.filter(({ key }) => key === 'key-0').length / 2000
  }
  expect(share({ count: 10, spread: 'hot', share: 0.7 })).toBeCloseTo(0.7, 1)
  expect(share({ count: 10, spread: 'uniform' })).toBeCloseTo(0.1, 1)
  // 1 / (1 + 1/2 + ... + 1/10)
  expect(share({ count: 10, spread: 'zipf' })).toBeCloseTo(0.34, 1)
})

test('produce: sizes are drawn from a range or a mix', () => {
  const sizes = (value: object): number[] =>
    play([{ produce: { topic: 't', records: 500, value } }]).sent.map(({ valueBytes }) => valueBytes)
  const range = sizes({ min: '24B', max: '30B' })
  expect([Math.min(...range), Math.max(...range)]).toEqual([24, 30])
  const mix = sizes({
    mix: [
      { size: '100B', weight: 9 },
      { size: '1KiB', weight: 1 },
    ],
  })
  expect(new Set(mix)).toEqual(new Set([100, 1024]))
  expect(mix.filter((bytes) => bytes === 1024).length).toBeLessThan(100)
})

test('workload: a step that names producers is done by each of them, side by side, and waits for the last', () => {
  const { log, recorder, endedAtMs } = play([
    { produce: { topic: 't', records: 1 }, producer: ['a', 'b'] },
    { flush: null, producer: ['a'] },
    { flush: null },
  ])
  expect(log).toEqual([
    [0, 'send by a'],
    [0, 'send by b'],
    [0, 'flush by a'],
    [20, 'flush'],
  ])
  expect(endedAtMs).toBe(40)
  // Each waits for its own records.
  expect(recorder.waits.map(({ producer, unsettled }) => [producer, unsettled])).toEqual([
    ['a', [0]],
    [undefined, []],
  ])
  expect(recorder.events.filter(({ event }) => event === 'step-started').map(({ producer }) => producer)).toEqual([
    'a',
    'b',
    'a',
    undefined,
  ])
})

test('parallel: its producer is that of the steps inside that name none', () => {
  const lanes = [[{ flush: null }], [{ close: null, producer: ['b'] }]]
  const { log } = play([{ parallel: lanes, producer: ['a'] }, { flush: null }])
  expect(log.map(([, what]) => what)).toEqual(['flush by a', 'close undefined by b', 'flush'])
})

test('until: records that have completed are those of the producer that it names, or all', () => {
  const { recorder, endedAtMs } = play([
    { produce: { topic: 't', records: 2 }, producer: ['a', 'b'] },
    { until: { settled: 2, within: '5ms' }, producer: ['a'] },
  ])
  expect(endedAtMs).toBeGreaterThan(5)
  const failed = { outcome: 'failed', atMs: 0, error: 'X', certainty: 'maybe', message: '' } as const
  for (const record of recorder.sent.slice(0, 3)) recorder.settled(record, failed)
  expect([recorder.settledCount, recorder.settledOf('a'), recorder.settledOf('b')]).toEqual([3, 2, 1])
})
