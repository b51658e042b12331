export interface LifeCycleResults {
  readonly rows: readonly LifeCycleResult[]
}

export interface LifeCycleResult {
  readonly kafka: string
  readonly fault: string
  readonly records: number
  readonly slowestMs: number
  readonly retries: number
}

/** Of docs/interop.md. */
export function lifeCycleSection({ rows }: LifeCycleResults): string {
  const lines = rows.map(({ kafka, fault, records, slowestMs, retries }) => {
    const seconds = (slowestMs / 1000).toFixed(1)
    return `| ${kafka} | ${fault} | ${records.toLocaleString('en')} | ${retries.toLocaleString('en')} | ${seconds} |`
  })
  return `## Brokers that go and come back

\`pnpm interop life-cycle --refresh\`. Our producer as it comes (idempotent, \`acks=all\`) sent 2,000 keyed records a second to a
topic of six partitions, three replicas and \`min.insync.replicas=2\` on three real brokers, while this happened to them. Every
record was acknowledged, and Java's consumer read each of them: once, at the offset that was acknowledged, in the order of the
sends, and nothing else. "Sent again" counts records in batches that were retried.

| Kafka | what happened | records | sent again | slowest acknowledgement, s |
|---|---|---|---|---|
${lines.join('\n')}
`
}
