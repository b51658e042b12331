import { BatchWriter, type CompressionCodec, type Header, type ProducerState } from '@harrow/protocol'

export interface TestRecord {
  readonly key?: string | null
  readonly value?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly timestampMs?: number
}

const text = new TextEncoder()

/** A batch as a producer would send it. */
export function testBatch(
  records: readonly TestRecord[],
  options: { codec?: CompressionCodec | undefined; state?: ProducerState | undefined; nowMs?: number } = {},
): Uint8Array {
  const writer = new BatchWriter(new Uint8Array(65_536), options.codec === undefined ? {} : { codec: options.codec })
  const nowMs = options.nowMs ?? Date.now()
  for (const record of records) {
    const headers = Object.entries(record.headers ?? {}).map(
      ([key, value]): Header => ({ key, value: text.encode(value) }),
    )
    const bytes = (value: string | null | undefined) => (value == null ? null : text.encode(value))
    writer.tryAppend(record.timestampMs ?? nowMs, bytes(record.key), bytes(record.value), headers)
  }
  return writer.close(options.state).slice()
}
