/**
 * What a record costs: to append, and as its share of closing the batch.
 *
 *   npx tsx --conditions=@harrow/source packages/protocol/bench/records.ts
 *
 * Prints the median of many rounds; compare runs on one machine only.
 */
import { BatchWriter, crc32c, type Header, portableCodecs, readBatchHeader, readRecords } from '../src/index.ts'
import { gzipWithLevel } from '../src/node.ts'

const rounds = 31
const batchesPerRound = 200

const noHeaders: readonly Header[] = []
const json = new TextEncoder().encode(
  `{"order":"A-1047","customer":"c-220","lines":[{"sku":"x-1","count":3}],"at":17e11,"ok":true}`,
)

const shapes = [
  { name: '100 B value, no key', key: null, value: new Uint8Array(100).fill(120), headers: noHeaders },
  { name: '100 B value, 8 B key', key: new Uint8Array(8), value: new Uint8Array(100), headers: noHeaders },
  { name: '10 B value, no key', key: null, value: new Uint8Array(10), headers: noHeaders },
  { name: '1 KiB value, 16 B key', key: new Uint8Array(16), value: new Uint8Array(1024), headers: noHeaders },
  {
    name: '100 B value, 2 headers',
    key: null,
    value: new Uint8Array(100),
    headers: [
      { key: 'trace-id', value: new Uint8Array(16) },
      { key: 'content-type', value: new Uint8Array(10) },
    ],
  },
]

console.log('records                          append ns    close ns (a record)   records in 16 KiB')
for (const shape of shapes) {
  const times = { append: [] as number[], close: [] as number[] }
  let recordCount = 0
  const buffer = new Uint8Array(16_384)
  for (let round = 0; round < rounds; round++) {
    let appendNs = 0
    let closeNs = 0
    recordCount = 0
    for (let batch = 0; batch < batchesPerRound; batch++) {
      const writer = new BatchWriter(buffer)
      const start = process.hrtime.bigint()
      let timestampMs = 1_700_000_000_000
      while (writer.tryAppend(timestampMs, shape.key, shape.value, shape.headers)) timestampMs += writer.recordCount & 1
      const appended = process.hrtime.bigint()
      writer.close()
      closeNs += Number(process.hrtime.bigint() - appended)
      appendNs += Number(appended - start)
      recordCount += writer.recordCount
    }
    times.append.push(appendNs / recordCount)
    times.close.push(closeNs / recordCount)
  }
  const perBatch = Math.round(recordCount / batchesPerRound)
  console.log(`${shape.name.padEnd(30)} ${ns(times.append)} ${ns(times.close)} ${`${perBatch}`.padStart(24)}`)
}

console.log('\n16 KiB of JSON records            compress us   decompress us    ratio')
for (const codec of [portableCodecs.snappy, portableCodecs.lz4, gzipWithLevel(), gzipWithLevel(1)]) {
  const writer = new BatchWriter(new Uint8Array(16_384))
  while (writer.tryAppend(1_700_000_000_000 + writer.recordCount, null, json, noHeaders));
  const section = writer.close().subarray(61)
  const compressed = codec.compress(section)
  const ratio = (compressed.length / section.length).toFixed(3)
  const compressUs = measure(200, () => codec.compress(section)).map((value) => value / 1000)
  const decompressUs = measure(200, () => codec.decompress(compressed, 1 << 20)).map((value) => value / 1000)
  console.log(`${codec.name.padEnd(30)} ${ns(compressUs)} ${ns(decompressUs)} ${ratio.padStart(12)}`)
}

const batch = new Uint8Array(16_384)
console.log(`\ncrc32c of 16 KiB: ${ns(measure(500, () => crc32c(batch))).trim()} ns`)
const writer = new BatchWriter(new Uint8Array(16_384))
while (writer.tryAppend(1_700_000_000_000, null, json, noHeaders));
const closed = writer.close()
const readNs = measure(100, () => readRecords(readBatchHeader(closed), portableCodecs))
console.log(`readRecords: ${ns(readNs.map((value) => value / writer.recordCount)).trim()} ns a record`)

function measure(times: number, run: () => unknown): number[] {
  return Array.from({ length: rounds }, () => {
    const start = process.hrtime.bigint()
    for (let i = 0; i < times; i++) run()
    return Number(process.hrtime.bigint() - start) / times
  })
}

function ns(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!.toFixed(1).padStart(12)
}
