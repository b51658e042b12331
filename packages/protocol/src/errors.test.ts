import { expect, test } from 'vitest'
import { errorByCode, errorByName, kafkaErrors } from './errors.ts'

const rows = Object.values(kafkaErrors)

test('errors: every code from -1 to 133 has exactly one row', () => {
  expect(rows.map((row) => row.code).sort((a, b) => a - b)).toEqual(Array.from({ length: 135 }, (_, i) => i - 1))
})

test('errors: every row is complete, and found by its code and by its name', () => {
  for (const [name, row] of Object.entries(kafkaErrors)) {
    expect(row.name).toBe(name)
    expect(row.message).toMatch(/^[A-Z].*\.$/)
    expect(errorByCode(row.code)).toBe(row)
    expect(errorByName(name)).toBe(row)
  }
})

test('errors: whatever asks for fresh metadata can be retried', () => {
  expect(rows.filter((row) => row.refreshMetadata && !row.retriable)).toEqual([])
})

test('errors: a code or name that Kafka does not have', () => {
  expect(errorByCode(12_345).name).toBe('UNKNOWN_SERVER_ERROR')
  expect(errorByName('NOT_A_LEADER')).toBeUndefined()
  expect(errorByName('toString')).toBeUndefined()
})

test('errors: the ones a producer lives by', () => {
  const flags = (name: keyof typeof kafkaErrors) => [kafkaErrors[name].retriable, kafkaErrors[name].refreshMetadata]
  expect(flags('NOT_LEADER_OR_FOLLOWER')).toEqual([true, true])
  expect(flags('NETWORK_EXCEPTION')).toEqual([true, true])
  expect(flags('REQUEST_TIMED_OUT')).toEqual([true, false])
  expect(flags('NOT_ENOUGH_REPLICAS_AFTER_APPEND')).toEqual([true, false])
  expect(flags('MESSAGE_TOO_LARGE')).toEqual([false, false])
  expect(flags('OUT_OF_ORDER_SEQUENCE_NUMBER')).toEqual([false, false])
})
