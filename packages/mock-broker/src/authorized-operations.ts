/**
 * What a client may do, as a bit per operation (KIP-430). Nobody authorizes here, and then a broker answers with every
 * operation that the resource knows. Java: `AuthHelper.authorizedOperations`, `AclEntry.supportedOperations`.
 */
export const authorizedOperations = {
  /** READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
  ofTopic: 3576,
  /** READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
  ofGroup: 3400,
  /** CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE. */
  ofCluster: 8096,
} as const
