export interface TenMillionResults {
  readonly kafka: string
  readonly records: number
  readonly produceSeconds: number
  readonly readSeconds: number
}

/** Of docs/interop.md. */
export function tenMillionSection({ kafka, records, produceSeconds, readSeconds }: TenMillionResults): string {
  const perSecond = (seconds: number): string => Math.round(records / seconds).toLocaleString('en')
  return `## Many records on a real broker

\`HARROW_INTEROP_RECORDS=${records} pnpm interop ten-million --refresh\`. ${records.toLocaleString('en')} values of 40 bytes, idempotent, \`acks=all\`, lz4,
six partitions of one broker of Apache Kafka ${kafka}, broker and producer on the same machine. Java's consumer read every
one: once, at the offset that was acknowledged, in the order of the sends, and nothing else.

| | seconds | records a second |
|---|---|---|
| sent and acknowledged | ${produceSeconds} | ${perSecond(produceSeconds)} |
| read back and judged | ${readSeconds} | ${perSecond(readSeconds)} |
`
}
