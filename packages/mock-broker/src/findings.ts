/** What a cluster noticed and a test should know. */
export interface Finding {
  readonly kind: /** A length prefix that is negative or above the limit, or a frame too short for a header. */
    | 'malformed-frame'
    /** A body that does not parse, or holds null where the protocol forbids it. */
    | 'malformed-body'
    /** An API key that nobody defines or that this cluster does not answer. */
    | 'unknown-api'
    | 'unsupported-version'
    /** Understood, but beyond what this cluster plays: transactions, a compression without a codec. */
    | 'unsupported'
    /** A limit of the cluster was reached: connections, journal, log. */
    | 'limit'
    /** A mistake of the cluster itself. Please report it. */
    | 'internal'
  /** Node id of the broker that noticed. */
  readonly broker: number
  /** Ordinal of the connection within the cluster, from 1; 0 if none was involved. */
  readonly connection: number
  readonly message: string
  readonly atMs: number
}

/** A request that nobody here answers, although it may be a good one. */
export const unhandledKinds: ReadonlySet<Finding['kind']> = new Set(['unknown-api', 'unsupported-version'])

/** Clients asked for what the cluster does not serve: a test that goes on regardless tests something else. */
export class UnhandledRequestsError extends Error {
  override readonly name = 'UnhandledRequestsError'
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    const lines = findings.map(
      ({ broker, connection, message }) => `  broker ${broker}, connection ${connection}: ${message}`,
    )
    super(
      `clients sent requests that this cluster does not serve (onUnhandledRequest: 'warn' lets them pass):\n${[...new Set(lines)].join('\n')}`,
    )
    this.findings = findings
  }
}

/** Keeps the first findings, counts the rest: what happens first explains most. */
export class Findings {
  private readonly kept: Finding[] = []
  private readonly keepMax: number
  private dropped = 0

  constructor(options: { readonly keepMax: number }) {
    this.keepMax = options.keepMax
  }

  get list(): readonly Finding[] {
    return this.kept
  }

  /** How many came after the list was full. */
  get droppedCount(): number {
    return this.dropped
  }

  add(finding: Finding): void {
    if (this.kept.length < this.keepMax) this.kept.push(finding)
    else this.dropped++
  }

  clear(): void {
    this.kept.length = 0
    this.dropped = 0
  }
}
