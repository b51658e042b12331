import { expect, expectTypeOf, test } from 'vitest'
import type { RequestInput, RequestOf, ResponseOf } from './api.ts'
import type { initProducerId, metadata, produce } from './apis/index.ts'
import { array, type Decoded, type Encodable, int32, int64, string, struct } from './schema.ts'

test('schema: a decoded message has every field', () => {
  expectTypeOf<RequestOf<typeof initProducerId>>().toEqualTypeOf<{
    transactionalId: string | null
    transactionTimeoutMs: number
    producerId: bigint
    producerEpoch: number
  }>()
  type Partition = ResponseOf<typeof produce>['responses'][number]['partitionResponses'][number]
  expectTypeOf<Partition['currentLeader']>().toEqualTypeOf<{ leaderId: number; leaderEpoch: number }>()
  expectTypeOf<Partition['baseOffset']>().toEqualTypeOf<bigint>()
})

test('schema: a message to encode may leave out what has a default', () => {
  expectTypeOf<{ topics: null }>().toExtend<RequestInput<typeof metadata>>()
  expectTypeOf<{ topics: { name: string }[]; allowAutoTopicCreation: false }>().toExtend<
    RequestInput<typeof metadata>
  >()
  expectTypeOf<Record<never, never>>().not.toExtend<RequestInput<typeof metadata>>()
})

test('schema: what was decoded can be encoded', () => {
  expectTypeOf<RequestOf<typeof produce>>().toExtend<RequestInput<typeof produce>>()
})

test('schema: nullability and defaults reach the types from inside structures', () => {
  const fields = {
    rows: array({ at: int64.or(-1n), name: string.nullable() }),
    one: struct({ ids: array(int32) }).tagged(0),
  }
  expectTypeOf<Decoded<typeof fields>>().toEqualTypeOf<{
    rows: { at: bigint; name: string | null }[]
    one: { ids: number[] }
  }>()
  expectTypeOf<{ rows: [{ name: null }] }>().toExtend<Encodable<typeof fields>>()
  expectTypeOf<{ rows: [{ at: bigint }] }>().not.toExtend<Encodable<typeof fields>>()
})

test('schema: a field is immutable, every method gives another one', () => {
  const field = int32.from(3)
  expect(field.or(-1)).not.toBe(field)
  expect(field.defaultValue).toBeUndefined()
  expect(int32.versions.min).toBe(0)
  expect(field.upTo(5).nullable(4).tagged(2, 5).ignorable().or(null)).toMatchObject({
    versions: { min: 3, max: 5 },
    nullableFrom: 4,
    tag: 2,
    taggedFrom: 5,
    isIgnorable: true,
    defaultValue: null,
  })
})
