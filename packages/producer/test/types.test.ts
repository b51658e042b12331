import { expectTypeOf, test } from 'vitest'
import type { ProducerConfig, ProducerRecord } from '../src/core.ts'
import { Producer } from '../src/index.ts'

interface Order {
  readonly item: string
}

declare const config: ProducerConfig
const servers = { 'bootstrap.servers': 'localhost:9092' } as const

/** Never run: only its types count. */
function producers() {
  return {
    plain: new Producer(servers),
    untyped: new Producer(config),
    stated: new Producer<string, Order>({ ...servers, 'value.serializer': 'json' }),
    inferred: new Producer({ ...servers, 'value.serializer': (order: Order) => new TextEncoder().encode(order.item) }),
    registry: new Producer({
      ...servers,
      'value.serializer': { serialize: async (_topic: string, order: Order) => new TextEncoder().encode(order.item) },
    }),
  }
}

type Producers = ReturnType<typeof producers>
type RecordOf<P> = P extends Producer<infer K, infer V> ? ProducerRecord<K, V> : never

test('types: without serializers keys and values are text or bytes', () => {
  expectTypeOf<RecordOf<Producers['plain']>>().toEqualTypeOf<ProducerRecord<string | Uint8Array, string | Uint8Array>>()
})

test('types: a serializer says what a producer takes', () => {
  type Taken = ProducerRecord<string | Uint8Array, Order>
  expectTypeOf<RecordOf<Producers['inferred']>>().toEqualTypeOf<Taken>()
  expectTypeOf<RecordOf<Producers['registry']>>().toEqualTypeOf<Taken>()
  expectTypeOf<RecordOf<Producers['stated']>>().toEqualTypeOf<ProducerRecord<string, Order>>()
})

test('types: a configuration whose types nobody stated fits, and checks nothing', () => {
  expectTypeOf<RecordOf<Producers['untyped']>['value']>().toBeAny()
})
