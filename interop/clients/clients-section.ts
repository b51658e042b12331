export interface ClientResults {
  readonly clients: readonly ClientResult[]
  /** Runs of Kafka's own test producer and consumer. */
  readonly verified: readonly (readonly [tool: string, outcome: string])[]
}

export interface ClientResult {
  /** Of the client that gave it: `HARROW_INTEROP_CLIENT` knows it by this. */
  readonly id: string
  /** Name and version. */
  readonly client: string
  readonly language: string
  readonly outcomes: readonly (readonly [what: string, outcome: string])[]
}

/** Of docs/interop.md. */
export function clientsSection({ clients, verified }: ClientResults): string {
  const rows = clients.flatMap(({ client, language, outcomes }) =>
    outcomes.map(([what, outcome]) => `| ${client} | ${language} | ${what} | ${outcome} |`),
  )
  return `## Clients on the mock

\`pnpm interop clients --refresh\`. Each client, unmodified, produced six records over TCP to a mock cluster of three brokers:
small, without a key, a tombstone, not ASCII, with headers, and one of 105,000 bytes. They were compared in the log of the
mock and in what the same client read back. "In a group": it joined a consumer group, read, committed and left; then it did
so once more, and had to go on where it had been.

| client | language | settings | outcome |
|---|---|---|---|
${rows.join('\n')}

Kafka's own test producer, which says where each message went, against a mock that appends what its first request holds
and hangs up instead of answering; and Kafka's own test consumer, which says where each message was:

| tool | outcome |
|---|---|
${verified.map(([tool, outcome]) => `| ${tool} | ${outcome} |`).join('\n')}
`
}
