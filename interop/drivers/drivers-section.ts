export interface DriverResults {
  readonly rows: readonly DriverResult[]
}

export interface DriverResult {
  /** As the driver said hello: the client and its version. */
  readonly subject: string
  readonly driver: string
  readonly scenario: string
  readonly outcome: string
}

/** Of docs/interop.md. */
export function driversSection({ rows }: DriverResults): string {
  const lines = rows.map(({ subject, driver, scenario, outcome }) => {
    return `| \`${driver}\` | ${subject} | ${scenario} | ${outcome} |`
  })
  return `## Scenarios with drivers in other languages

\`pnpm interop drivers --refresh\`. The example drivers ([exec-protocol.md](exec-protocol.md)), each started by
\`harrow run <scenario> --subject "exec: ..."\`, on the mock.

| driver | client | scenario | outcome |
|---|---|---|---|
${lines.join('\n')}
`
}
