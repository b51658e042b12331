import type { PlainRecord } from './foreign-client.ts'

/** Small, keyless, a tombstone, not ASCII, with headers, large. No value is empty: kcat cannot tell that from null. */
export const sampleRecords: readonly PlainRecord[] = [
  { key: 'a', value: 'first', headers: {} },
  { key: null, value: 'without a key', headers: {} },
  { key: 'tombstone', value: null, headers: {} },
  { key: 'schlüssel', value: 'größer ≥ 日本語', headers: {} },
  { key: 'with headers', value: 'v', headers: { origin: 'interop', 'trace-id': '0af7651916cd43dd' } },
  { key: 'large', value: 'harrow '.repeat(15_000), headers: {} },
]
