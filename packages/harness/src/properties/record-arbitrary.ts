import fc from 'fast-check'

/** A record as any producer takes it. */
export interface ArbitraryRecord {
  readonly topic: string
  readonly key: string | null
  readonly value: string | null
  /** Undefined: the producer chooses. */
  readonly partition?: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface RecordConstraints {
  readonly topic: string
  /** Distinct keys. Default 4; 0 for records without a key. */
  readonly keys?: number
  /** Longest value in characters. Default 200. */
  readonly valueLengthMax?: number
  /** Choose partitions below this. Default: the producer chooses. */
  readonly partitions?: number
}

/** Records: null and empty values, text of any alphabet, with headers or without. */
export function recordArbitrary(constraints: RecordConstraints): fc.Arbitrary<ArbitraryRecord> {
  const { topic, keys = 4, valueLengthMax = 200, partitions } = constraints
  return fc.record(
    {
      topic: fc.constant(topic),
      key: keys === 0 ? fc.constant(null) : fc.nat(keys - 1).map((key) => `key-${key}`),
      value: fc.option(fc.string({ unit: 'grapheme', maxLength: valueLengthMax }), { freq: 10 }),
      headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      ...(partitions === undefined ? {} : { partition: fc.nat(partitions - 1) }),
    },
    { requiredKeys: ['topic', 'key', 'value'] },
  )
}
