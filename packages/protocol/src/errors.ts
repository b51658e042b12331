/**
 * Every error code of Kafka's protocol, as of 4.1. Decisions read the columns, nothing lists names. Names, codes and both
 * flags are Kafka's (Errors, and whether its exception is a RetriableException or an InvalidMetadataException); the
 * messages are ours. What a producer makes of a code may differ by API and state: that is the producer's business.
 */
interface ErrorColumns {
  readonly code: number
  /** The same request may succeed later. */
  readonly retriable: boolean
  /** The client's picture of the cluster is out of date. Every such error is retriable, too. */
  readonly refreshMetadata: boolean
  readonly message: string
}

const columns = {
  UNKNOWN_SERVER_ERROR: {
    code: -1,
    retriable: false,
    refreshMetadata: false,
    message: 'The broker met an error that it has no code for.',
  },
  NONE: { code: 0, retriable: false, refreshMetadata: false, message: 'No error.' },
  OFFSET_OUT_OF_RANGE: {
    code: 1,
    retriable: false,
    refreshMetadata: false,
    message: 'The offset is outside of the range that the partition holds.',
  },
  CORRUPT_MESSAGE: {
    code: 2,
    retriable: true,
    refreshMetadata: false,
    message: 'The batch is corrupt: wrong checksum or size, or a null key on a compacted topic.',
  },
  UNKNOWN_TOPIC_OR_PARTITION: {
    code: 3,
    retriable: true,
    refreshMetadata: true,
    message: 'The broker does not host this partition, or there is no such topic.',
  },
  INVALID_FETCH_SIZE: { code: 4, retriable: false, refreshMetadata: false, message: 'The fetch size is invalid.' },
  LEADER_NOT_AVAILABLE: {
    code: 5,
    retriable: true,
    refreshMetadata: true,
    message: 'The partition has no leader: an election is under way.',
  },
  NOT_LEADER_OR_FOLLOWER: {
    code: 6,
    retriable: true,
    refreshMetadata: true,
    message: 'The broker is not the leader of the partition, or no replica of it.',
  },
  REQUEST_TIMED_OUT: {
    code: 7,
    retriable: true,
    refreshMetadata: false,
    message: 'The request timed out on the broker.',
  },
  BROKER_NOT_AVAILABLE: { code: 8, retriable: false, refreshMetadata: false, message: 'The broker is not available.' },
  REPLICA_NOT_AVAILABLE: { code: 9, retriable: true, refreshMetadata: true, message: 'The replica is not available.' },
  MESSAGE_TOO_LARGE: {
    code: 10,
    retriable: false,
    refreshMetadata: false,
    message: 'The batch is larger than the broker accepts.',
  },
  STALE_CONTROLLER_EPOCH: {
    code: 11,
    retriable: false,
    refreshMetadata: false,
    message: 'The controller has moved to another broker.',
  },
  OFFSET_METADATA_TOO_LARGE: {
    code: 12,
    retriable: false,
    refreshMetadata: false,
    message: 'The metadata of the committed offset is too large.',
  },
  NETWORK_EXCEPTION: {
    code: 13,
    retriable: true,
    refreshMetadata: true,
    message: 'The connection was lost before a response arrived.',
  },
  COORDINATOR_LOAD_IN_PROGRESS: {
    code: 14,
    retriable: true,
    refreshMetadata: false,
    message: 'The coordinator is still loading its state.',
  },
  COORDINATOR_NOT_AVAILABLE: {
    code: 15,
    retriable: true,
    refreshMetadata: false,
    message: 'There is no coordinator at the moment.',
  },
  NOT_COORDINATOR: { code: 16, retriable: true, refreshMetadata: false, message: 'The broker is not the coordinator.' },
  INVALID_TOPIC_EXCEPTION: {
    code: 17,
    retriable: false,
    refreshMetadata: false,
    message: 'The topic name is invalid, or the topic must not be written to.',
  },
  RECORD_LIST_TOO_LARGE: {
    code: 18,
    retriable: false,
    refreshMetadata: false,
    message: 'The batch is larger than a log segment.',
  },
  NOT_ENOUGH_REPLICAS: {
    code: 19,
    retriable: true,
    refreshMetadata: false,
    message: 'Fewer replicas are in sync than min.insync.replicas asks for: nothing was appended.',
  },
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: {
    code: 20,
    retriable: true,
    refreshMetadata: false,
    message: 'The batch was appended, but fewer replicas are in sync than min.insync.replicas asks for.',
  },
  INVALID_REQUIRED_ACKS: {
    code: 21,
    retriable: false,
    refreshMetadata: false,
    message: "The request's acks is neither 0, 1 nor -1.",
  },
  ILLEGAL_GENERATION: {
    code: 22,
    retriable: false,
    refreshMetadata: false,
    message: 'The generation of the group is not the current one.',
  },
  INCONSISTENT_GROUP_PROTOCOL: {
    code: 23,
    retriable: false,
    refreshMetadata: false,
    message: "The member's protocols do not fit those of the group.",
  },
  INVALID_GROUP_ID: { code: 24, retriable: false, refreshMetadata: false, message: 'The group id is invalid.' },
  UNKNOWN_MEMBER_ID: {
    code: 25,
    retriable: false,
    refreshMetadata: false,
    message: 'The coordinator does not know this member.',
  },
  INVALID_SESSION_TIMEOUT: {
    code: 26,
    retriable: false,
    refreshMetadata: false,
    message: 'The session timeout is outside of the range that the broker allows.',
  },
  REBALANCE_IN_PROGRESS: {
    code: 27,
    retriable: false,
    refreshMetadata: false,
    message: 'The group is rebalancing: the member has to rejoin.',
  },
  INVALID_COMMIT_OFFSET_SIZE: {
    code: 28,
    retriable: false,
    refreshMetadata: false,
    message: 'The size of the committed offset data is invalid.',
  },
  TOPIC_AUTHORIZATION_FAILED: {
    code: 29,
    retriable: false,
    refreshMetadata: false,
    message: 'Not authorized to access the topic.',
  },
  GROUP_AUTHORIZATION_FAILED: {
    code: 30,
    retriable: false,
    refreshMetadata: false,
    message: 'Not authorized to access the group.',
  },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 31,
    retriable: false,
    refreshMetadata: false,
    message: 'Not authorized to do this to the cluster.',
  },
  INVALID_TIMESTAMP: {
    code: 32,
    retriable: false,
    refreshMetadata: false,
    message: 'The timestamp of a record is outside of the range that the broker accepts.',
  },
  UNSUPPORTED_SASL_MECHANISM: {
    code: 33,
    retriable: false,
    refreshMetadata: false,
    message: 'The broker does not support this SASL mechanism.',
  },
  ILLEGAL_SASL_STATE: {
    code: 34,
    retriable: false,
    refreshMetadata: false,
    message: 'The request is not valid in the current state of authentication.',
  },
  UNSUPPORTED_VERSION: {
    code: 35,
    retriable: false,
    refreshMetadata: false,
    message: 'The broker does not support this version of the API.',
  },
  TOPIC_ALREADY_EXISTS: {
    code: 36,
    retriable: false,
    refreshMetadata: false,
    message: 'A topic with this name exists already.',
  },
  INVALID_PARTITIONS: {
    code: 37,
    retriable: false,
    refreshMetadata: false,
    message: 'The number of partitions is invalid.',
  },
  INVALID_REPLICATION_FACTOR: {
    code: 38,
    retriable: false,
    refreshMetadata: false,
    message: 'The replication factor is below 1 or above the number of brokers.',
  },
  INVALID_REPLICA_ASSIGNMENT: {
    code: 39,
    retriable: false,
    refreshMetadata: false,
    message: 'The assignment of replicas is invalid.',
  },
  INVALID_CONFIG: { code: 40, retriable: false, refreshMetadata: false, message: 'The configuration is invalid.' },
  NOT_CONTROLLER: { code: 41, retriable: true, refreshMetadata: false, message: 'The broker is not the controller.' },
  INVALID_REQUEST: {
    code: 42,
    retriable: false,
    refreshMetadata: false,
    message: 'The request is malformed, or says something that makes no sense to this broker.',
  },
  UNSUPPORTED_FOR_MESSAGE_FORMAT: {
    code: 43,
    retriable: false,
    refreshMetadata: false,
    message: 'The message format of the topic does not support the request.',
  },
  POLICY_VIOLATION: {
    code: 44,
    retriable: false,
    refreshMetadata: false,
    message: 'The request violates a policy of the broker.',
  },
  OUT_OF_ORDER_SEQUENCE_NUMBER: {
    code: 45,
    retriable: false,
    refreshMetadata: false,
    message: 'The sequence number of the batch does not follow the last one of its producer.',
  },
  DUPLICATE_SEQUENCE_NUMBER: {
    code: 46,
    retriable: false,
    refreshMetadata: false,
    message: 'The batch is a duplicate of one that the broker has appended already.',
  },
  INVALID_PRODUCER_EPOCH: {
    code: 47,
    retriable: false,
    refreshMetadata: false,
    message: "The producer's epoch is older than the one the broker knows.",
  },
  INVALID_TXN_STATE: {
    code: 48,
    retriable: false,
    refreshMetadata: false,
    message: 'The transaction is in a state in which this is not possible.',
  },
  INVALID_PRODUCER_ID_MAPPING: {
    code: 49,
    retriable: false,
    refreshMetadata: false,
    message: 'The producer id is not the one that belongs to the transactional id.',
  },
  INVALID_TRANSACTION_TIMEOUT: {
    code: 50,
    retriable: false,
    refreshMetadata: false,
    message: 'The transaction timeout is larger than the broker allows.',
  },
  CONCURRENT_TRANSACTIONS: {
    code: 51,
    retriable: true,
    refreshMetadata: false,
    message: 'Another operation on the same transaction is under way.',
  },
  TRANSACTION_COORDINATOR_FENCED: {
    code: 52,
    retriable: false,
    refreshMetadata: false,
    message: 'The transaction coordinator has been replaced by a newer one.',
  },
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: {
    code: 53,
    retriable: false,
    refreshMetadata: false,
    message: 'Not authorized to use the transactional id.',
  },
  SECURITY_DISABLED: {
    code: 54,
    retriable: false,
    refreshMetadata: false,
    message: 'Security features are disabled on the broker.',
  },
  OPERATION_NOT_ATTEMPTED: {
    code: 55,
    retriable: false,
    refreshMetadata: false,
    message: 'The operation was not attempted, because an earlier one in the same request failed.',
  },
  KAFKA_STORAGE_ERROR: {
    code: 56,
    retriable: true,
    refreshMetadata: true,
    message: 'The disk that holds the log failed.',
  },
  LOG_DIR_NOT_FOUND: {
    code: 57,
    retriable: false,
    refreshMetadata: false,
    message: 'The log directory is not one that the broker is configured with.',
  },
  SASL_AUTHENTICATION_FAILED: { code: 58, retriable: false, refreshMetadata: false, message: 'Authentication failed.' },
  UNKNOWN_PRODUCER_ID: {
    code: 59,
    retriable: false,
    refreshMetadata: false,
    message: 'The broker has no state for this producer id: it expired, or its records were deleted.',
  },
  REASSIGNMENT_IN_PROGRESS: {
    code: 60,
    retriable: false,
    refreshMetadata: false,
    message: 'A reassignment of the partition is in progress.',
  },
  DELEGATION_TOKEN_AUTH_DISABLED: {
    code: 61,
    retriable: false,
    refreshMetadata: false,
    message: 'Delegation tokens are not enabled.',
  },
  DELEGATION_TOKEN_NOT_FOUND: {
    code: 62,
    retriable: false,
    refreshMetadata: false,
    message: 'The broker does not know the delegation token.',
  },
  DELEGATION_TOKEN_OWNER_MISMATCH: {
    code: 63,
    retriable: false,
    refreshMetadata: false,
    message: 'The principal neither owns the delegation token nor may renew it.',
  },
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: {
    code: 64,
    retriable: false,
    refreshMetadata: false,
    message: 'Delegation tokens cannot be requested over this channel.',
  },
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: {
    code: 65,
    retriable: false,
    refreshMetadata: false,
    message: 'Not authorized to use the delegation token.',
  },
  DELEGATION_TOKEN_EXPIRED: {
    code: 66,
    retriable: false,
    refreshMetadata: false,
    message: 'The delegation token has expired.',
  },
  INVALID_PRINCIPAL_TYPE: {
    code: 67,
    retriable: false,
    refreshMetadata: false,
    message: 'The type of the principal is not supported.',
  },
  NON_EMPTY_GROUP: { code: 68, retriable: false, refreshMetadata: false, message: 'The group is not empty.' },
  GROUP_ID_NOT_FOUND: { code: 69, retriable: false, refreshMetadata: false, message: 'There is no such group.' },
  FETCH_SESSION_ID_NOT_FOUND: {
    code: 70,
    retriable: true,
    refreshMetadata: false,
    message: 'The broker does not know the fetch session.',
  },
  INVALID_FETCH_SESSION_EPOCH: {
    code: 71,
    retriable: true,
    refreshMetadata: false,
    message: 'The epoch of the fetch session is invalid.',
  },
  LISTENER_NOT_FOUND: {
    code: 72,
    retriable: true,
    refreshMetadata: true,
    message: 'The leader has no listener of the name on which metadata was asked for.',
  },
  TOPIC_DELETION_DISABLED: {
    code: 73,
    retriable: false,
    refreshMetadata: false,
    message: 'Deleting topics is disabled.',
  },
  FENCED_LEADER_EPOCH: {
    code: 74,
    retriable: true,
    refreshMetadata: true,
    message: "The leader epoch in the request is older than the broker's.",
  },
  UNKNOWN_LEADER_EPOCH: {
    code: 75,
    retriable: true,
    refreshMetadata: false,
    message: "The leader epoch in the request is newer than the broker's.",
  },
  UNSUPPORTED_COMPRESSION_TYPE: {
    code: 76,
    retriable: false,
    refreshMetadata: false,
    message: "The client's version of the API does not support the compression of the batch.",
  },
  STALE_BROKER_EPOCH: {
    code: 77,
    retriable: false,
    refreshMetadata: false,
    message: "The broker's epoch has changed.",
  },
  OFFSET_NOT_AVAILABLE: {
    code: 78,
    retriable: true,
    refreshMetadata: false,
    message: 'A leader was elected just now and does not know its high watermark yet.',
  },
  MEMBER_ID_REQUIRED: {
    code: 79,
    retriable: false,
    refreshMetadata: false,
    message: 'The member needs an id before it can join the group.',
  },
  PREFERRED_LEADER_NOT_AVAILABLE: {
    code: 80,
    retriable: true,
    refreshMetadata: true,
    message: 'The preferred leader is not available.',
  },
  GROUP_MAX_SIZE_REACHED: { code: 81, retriable: false, refreshMetadata: false, message: 'The group is full.' },
  FENCED_INSTANCE_ID: {
    code: 82,
    retriable: false,
    refreshMetadata: false,
    message: 'Another member with the same group.instance.id has registered.',
  },
  ELIGIBLE_LEADERS_NOT_AVAILABLE: {
    code: 83,
    retriable: true,
    refreshMetadata: true,
    message: 'No eligible leader of the partition is available.',
  },
  ELECTION_NOT_NEEDED: {
    code: 84,
    retriable: true,
    refreshMetadata: true,
    message: 'No election is needed for the partition.',
  },
  NO_REASSIGNMENT_IN_PROGRESS: {
    code: 85,
    retriable: false,
    refreshMetadata: false,
    message: 'No reassignment of the partition is in progress.',
  },
  GROUP_SUBSCRIBED_TO_TOPIC: {
    code: 86,
    retriable: false,
    refreshMetadata: false,
    message: 'The group is subscribed to the topic, so its offsets cannot be deleted.',
  },
  INVALID_RECORD: {
    code: 87,
    retriable: false,
    refreshMetadata: false,
    message: "A record failed the broker's validation.",
  },
  UNSTABLE_OFFSET_COMMIT: {
    code: 88,
    retriable: true,
    refreshMetadata: false,
    message: 'There are offsets of an unfinished transaction.',
  },
  THROTTLING_QUOTA_EXCEEDED: {
    code: 89,
    retriable: true,
    refreshMetadata: false,
    message: 'A quota has been exceeded.',
  },
  PRODUCER_FENCED: {
    code: 90,
    retriable: false,
    refreshMetadata: false,
    message: 'A newer producer with the same transactional id has taken over.',
  },
  RESOURCE_NOT_FOUND: {
    code: 91,
    retriable: false,
    refreshMetadata: false,
    message: 'The request refers to something that does not exist.',
  },
  DUPLICATE_RESOURCE: {
    code: 92,
    retriable: false,
    refreshMetadata: false,
    message: 'The request refers to the same thing twice.',
  },
  UNACCEPTABLE_CREDENTIAL: {
    code: 93,
    retriable: false,
    refreshMetadata: false,
    message: "The credential does not meet the broker's criteria.",
  },
  INCONSISTENT_VOTER_SET: {
    code: 94,
    retriable: false,
    refreshMetadata: false,
    message: 'Sender or receiver is not one of the expected voters.',
  },
  INVALID_UPDATE_VERSION: {
    code: 95,
    retriable: false,
    refreshMetadata: false,
    message: 'The version of the update is invalid.',
  },
  FEATURE_UPDATE_FAILED: {
    code: 96,
    retriable: false,
    refreshMetadata: false,
    message: 'The features could not be updated.',
  },
  PRINCIPAL_DESERIALIZATION_FAILURE: {
    code: 97,
    retriable: false,
    refreshMetadata: false,
    message: 'A forwarded request carried a principal that cannot be read.',
  },
  SNAPSHOT_NOT_FOUND: { code: 98, retriable: false, refreshMetadata: false, message: 'There is no such snapshot.' },
  POSITION_OUT_OF_RANGE: {
    code: 99,
    retriable: false,
    refreshMetadata: false,
    message: 'The position is outside of the snapshot.',
  },
  UNKNOWN_TOPIC_ID: {
    code: 100,
    retriable: true,
    refreshMetadata: true,
    message: 'The broker does not host a topic with this id.',
  },
  DUPLICATE_BROKER_REGISTRATION: {
    code: 101,
    retriable: false,
    refreshMetadata: false,
    message: 'A broker with this id is registered already.',
  },
  BROKER_ID_NOT_REGISTERED: {
    code: 102,
    retriable: false,
    refreshMetadata: false,
    message: 'No broker with this id is registered.',
  },
  INCONSISTENT_TOPIC_ID: {
    code: 103,
    retriable: true,
    refreshMetadata: true,
    message: 'The topic id in the request is not the one of the log.',
  },
  INCONSISTENT_CLUSTER_ID: {
    code: 104,
    retriable: false,
    refreshMetadata: false,
    message: 'The cluster id in the request is not the one of this cluster.',
  },
  TRANSACTIONAL_ID_NOT_FOUND: {
    code: 105,
    retriable: false,
    refreshMetadata: false,
    message: 'There is no such transactional id.',
  },
  FETCH_SESSION_TOPIC_ID_ERROR: {
    code: 106,
    retriable: true,
    refreshMetadata: false,
    message: 'The fetch session mixes topics with and without ids.',
  },
  INELIGIBLE_REPLICA: {
    code: 107,
    retriable: false,
    refreshMetadata: false,
    message: 'The new in-sync set contains a replica that must not be in it.',
  },
  NEW_LEADER_ELECTED: {
    code: 108,
    retriable: false,
    refreshMetadata: false,
    message: 'The partition was changed, and its leader as well.',
  },
  OFFSET_MOVED_TO_TIERED_STORAGE: {
    code: 109,
    retriable: false,
    refreshMetadata: false,
    message: 'The offset has moved to tiered storage.',
  },
  FENCED_MEMBER_EPOCH: {
    code: 110,
    retriable: false,
    refreshMetadata: false,
    message: "The member's epoch is fenced: it must give up its partitions and rejoin.",
  },
  UNRELEASED_INSTANCE_ID: {
    code: 111,
    retriable: false,
    refreshMetadata: false,
    message: 'Another member still holds the instance id.',
  },
  UNSUPPORTED_ASSIGNOR: {
    code: 112,
    retriable: false,
    refreshMetadata: false,
    message: 'The group does not support the assignor or its version.',
  },
  STALE_MEMBER_EPOCH: {
    code: 113,
    retriable: false,
    refreshMetadata: false,
    message: "The member's epoch is stale: it must retry after its next heartbeat.",
  },
  MISMATCHED_ENDPOINT_TYPE: {
    code: 114,
    retriable: false,
    refreshMetadata: false,
    message: 'The request was sent to the wrong type of endpoint.',
  },
  UNSUPPORTED_ENDPOINT_TYPE: {
    code: 115,
    retriable: false,
    refreshMetadata: false,
    message: 'This type of endpoint is not supported.',
  },
  UNKNOWN_CONTROLLER_ID: {
    code: 116,
    retriable: false,
    refreshMetadata: false,
    message: 'There is no controller with this id.',
  },
  UNKNOWN_SUBSCRIPTION_ID: {
    code: 117,
    retriable: false,
    refreshMetadata: false,
    message: 'The telemetry subscription id is invalid or outdated.',
  },
  TELEMETRY_TOO_LARGE: {
    code: 118,
    retriable: false,
    refreshMetadata: false,
    message: 'The telemetry is larger than the broker accepts.',
  },
  INVALID_REGISTRATION: {
    code: 119,
    retriable: false,
    refreshMetadata: false,
    message: 'The controller refuses the registration of the broker.',
  },
  TRANSACTION_ABORTABLE: {
    code: 120,
    retriable: false,
    refreshMetadata: false,
    message: 'The transaction cannot go on, but it can be aborted.',
  },
  INVALID_RECORD_STATE: {
    code: 121,
    retriable: false,
    refreshMetadata: false,
    message: 'The record is in a state in which it cannot be acknowledged.',
  },
  SHARE_SESSION_NOT_FOUND: {
    code: 122,
    retriable: true,
    refreshMetadata: false,
    message: 'There is no such share session.',
  },
  INVALID_SHARE_SESSION_EPOCH: {
    code: 123,
    retriable: true,
    refreshMetadata: false,
    message: 'The epoch of the share session is invalid.',
  },
  FENCED_STATE_EPOCH: {
    code: 124,
    retriable: false,
    refreshMetadata: false,
    message: "The epoch of the share group's state is not the current one.",
  },
  INVALID_VOTER_KEY: {
    code: 125,
    retriable: false,
    refreshMetadata: false,
    message: "The voter's key is not the one of the replica.",
  },
  DUPLICATE_VOTER: { code: 126, retriable: false, refreshMetadata: false, message: 'The voter is in the set already.' },
  VOTER_NOT_FOUND: { code: 127, retriable: false, refreshMetadata: false, message: 'The voter is not in the set.' },
  INVALID_REGULAR_EXPRESSION: {
    code: 128,
    retriable: false,
    refreshMetadata: false,
    message: 'The regular expression is invalid.',
  },
  REBOOTSTRAP_REQUIRED: {
    code: 129,
    retriable: false,
    refreshMetadata: false,
    message: "The client's metadata is stale: it should bootstrap again.",
  },
  STREAMS_INVALID_TOPOLOGY: {
    code: 130,
    retriable: false,
    refreshMetadata: false,
    message: 'The topology is invalid.',
  },
  STREAMS_INVALID_TOPOLOGY_EPOCH: {
    code: 131,
    retriable: false,
    refreshMetadata: false,
    message: "The topology's epoch is invalid.",
  },
  STREAMS_TOPOLOGY_FENCED: {
    code: 132,
    retriable: false,
    refreshMetadata: false,
    message: "The topology's epoch is outdated.",
  },
  SHARE_SESSION_LIMIT_REACHED: {
    code: 133,
    retriable: true,
    refreshMetadata: false,
    message: 'There are too many share sessions.',
  },
} as const satisfies Record<string, ErrorColumns>

/** Kafka's name of an error, such as `NOT_LEADER_OR_FOLLOWER`. */
export type KafkaErrorName = keyof typeof columns

/** One error code of the protocol, with what a client should make of it. */
export interface KafkaErrorRow extends ErrorColumns {
  readonly name: KafkaErrorName
}

/** The rows by name. */
export const kafkaErrors = Object.fromEntries(
  Object.entries(columns).map(([name, row]) => [name, { name, ...row }]),
) as unknown as { readonly [Name in KafkaErrorName]: KafkaErrorRow }

const byCode: ReadonlyMap<number, KafkaErrorRow> = new Map(Object.values(kafkaErrors).map((row) => [row.code, row]))

/** The row of an `errorCode`. A code that is not known is UNKNOWN_SERVER_ERROR, as in Java (Errors.forCode). */
export function errorByCode(code: number): KafkaErrorRow {
  return byCode.get(code) ?? kafkaErrors.UNKNOWN_SERVER_ERROR
}

/** The row of a name as a user might write it; undefined when there is no such error. Case matters. */
export function errorByName(name: string): KafkaErrorRow | undefined {
  return Object.hasOwn(kafkaErrors, name) ? kafkaErrors[name as KafkaErrorName] : undefined
}
