import { errorByCode, kafkaErrors } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { judge, mayBeAppendedAfter, type VerdictFacts } from './verdict.ts'

const base: VerdictFacts = {
  error: undefined,
  recordCount: 2,
  attempts: 0,
  retries: 5,
  isExpired: false,
  isIdempotent: false,
  mayBeInLog: false,
  isFirstInFlight: true,
  mayBeForgotten: false,
  isLogStartKnown: true,
}

function verdicts(code: number, facts: Partial<VerdictFacts> = {}): [plain: string, idempotent: string] {
  const error = errorByCode(code)
  const say = (isIdempotent: boolean): string => {
    const verdict = judge({ ...base, error, isIdempotent, ...facts })
    if (verdict.do === 'retry' && verdict.restartSequences) return 'restart'
    return verdict.do === 'fail' && verdict.isFatal ? 'fatal' : verdict.do
  }
  return [say(false), say(true)]
}

/** java-producer 2.13, the Produce error table: without idempotence, with it, and whether metadata is refreshed. */
const table: readonly [codes: readonly number[], plain: string, idempotent: string, refresh: boolean][] = [
  [[-1, 9999], 'fail', 'fail', false],
  [[2, 7, 14, 15, 16, 19, 20, 51], 'retry', 'retry', false],
  [[3, 5, 6, 9, 13, 56, 72, 80, 83, 84, 100, 103, 74], 'retry', 'retry', true],
  [[10], 'split', 'split', false],
  [[17, 18, 21, 29, 32, 42, 43, 44, 47, 48, 49, 76, 87, 120], 'fail', 'fail', false],
  [[31, 35, 53, 90], 'fail', 'fatal', false],
  [[45, 59], 'fail', 'restart', false],
  [[46], 'complete', 'complete', false],
  [[41, 75, 78, 88, 89], 'retry', 'retry', false],
]

test('verdict: every error of Produce is judged as in Java, with and without idempotence', () => {
  for (const [codes, plain, idempotent, refresh] of table) {
    for (const code of codes) {
      expect([code, ...verdicts(code)]).toEqual([code, plain, idempotent])
      expect([code, errorByCode(code).refreshMetadata]).toEqual([code, refresh])
    }
  }
})

test('verdict: no error is success', () => {
  expect(judge(base)).toEqual({ do: 'complete' })
})

test('verdict: a batch of one record is not split', () => {
  expect(verdicts(10, { recordCount: 1 })).toEqual(['fail', 'fail'])
})

test('verdict: a batch that may be in the log is not split when duplicates are ruled out', () => {
  expect(verdicts(10, { mayBeInLog: true })).toEqual(['split', 'fail'])
})

test('verdict: nothing is retried or split out of time, and nothing is retried once retries are used up', () => {
  for (const code of [6, 7, 19, 45]) {
    expect(verdicts(code, { isExpired: true })).toEqual(['fail', 'fail'])
    expect(verdicts(code, { attempts: 5 })).toEqual(['fail', 'fail'])
  }
  expect(verdicts(10, { isExpired: true })).toEqual(['fail', 'fail'])
})

test('verdict: splitting costs no retry', () => {
  expect(verdicts(10, { attempts: 5 })).toEqual(['split', 'split'])
})

test('verdict: out of order behind an unsettled batch is a plain retry, because that one may be what is missing', () => {
  expect(verdicts(45, { isFirstInFlight: false })).toEqual(['fail', 'retry'])
})

test('verdict: out of order is no gap to start anew from if the broker may only have forgotten the batch', () => {
  const forgotten = { mayBeInLog: true, mayBeForgotten: true }
  expect(verdicts(45, forgotten)).toEqual(['fail', 'fail'])
  expect(verdicts(59, forgotten)).toEqual(['fail', 'fail'])
  expect(verdicts(45, { ...forgotten, isFirstInFlight: false })).toEqual(['fail', 'retry'])
  // The last that may be there is the one that every broker remembers.
  expect(verdicts(45, { mayBeInLog: true })).toEqual(['fail', 'restart'])
  expect(verdicts(45, { mayBeForgotten: true })).toEqual(['fail', 'restart'])
})

test('verdict: an unknown producer id without a log start offset is a plain retry, because the broker lost the partition', () => {
  expect(verdicts(59, { isLogStartKnown: false })).toEqual(['fail', 'retry'])
  expect(verdicts(45, { isLogStartKnown: false })).toEqual(['fail', 'restart'])
})

test('verdict: only a refusal before the append is definite; after any other error the batch may be in the log', () => {
  const refusals = [
    2, 10, 14, 15, 16, 17, 18, 19, 21, 29, 31, 32, 35, 42, 43, 44, 45, 47, 48, 49, 51, 53, 59, 76, 87, 90, 120,
  ]
  const definite = Object.values(kafkaErrors)
    .filter((error) => !mayBeAppendedAfter(error))
    .map(({ code }) => code)
  expect(definite).toEqual(refusals)
  for (const unknown of [-1, 9_999]) expect(mayBeAppendedAfter(errorByCode(unknown))).toBe(true)
})
