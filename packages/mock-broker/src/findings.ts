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
