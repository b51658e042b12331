/** What the protocol says about an error code. Decisions read these columns; no code lists names. */
interface ErrorColumns {
  readonly code: number
  /** The same request may succeed later. Java: a RetriableException. */
  readonly retriable: boolean
  /** The client's picture of the cluster is out of date. Implies retriable. Java: an InvalidMetadataException. */
  readonly refreshMetadata: boolean
  /** What happened, in our words. */
  readonly message: string
}

/** Asking again does not help. */
function final(code: number, message: string): ErrorColumns {
  return { code, retriable: false, refreshMetadata: false, message }
}

/** Asking again may help. */
function retriable(code: number, message: string): ErrorColumns {
  return { code, retriable: true, refreshMetadata: false, message }
}

/** Asking again may help, once the client knows the cluster better. */
function staleMetadata(code: number, message: string): ErrorColumns {
  return { code, retriable: true, refreshMetadata: true, message }
}

/**
 * Every error code of Kafka's protocol, as of 4.1. Names, codes and both flags are Kafka's (Errors.java, and the class
 * of the exception behind each). What a producer makes of a code may depend on the API and on its own state: that is
 * the producer's business.
 */
const columns = {
  UNKNOWN_SERVER_ERROR: final(-1, 'The broker met an error that it has no code for.'),
  NONE: final(0, 'No error.'),
  OFFSET_OUT_OF_RANGE: final(1, 'The offset is outside of the range that the partition holds.'),
  CORRUPT_MESSAGE: retriable(2, 'The batch is corrupt: wrong checksum or size, or a null key on a compacted topic.'),
  UNKNOWN_TOPIC_OR_PARTITION: staleMetadata(3, 'The broker does not host this partition, or there is no such topic.'),
  INVALID_FETCH_SIZE: final(4, 'The fetch size is invalid.'),
  LEADER_NOT_AVAILABLE: staleMetadata(5, 'The partition has no leader: an election is under way.'),
  NOT_LEADER_OR_FOLLOWER: staleMetadata(6, 'The broker is not the leader of the partition, or no replica of it.'),
  REQUEST_TIMED_OUT: retriable(7, 'The request timed out on the broker.'),
  BROKER_NOT_AVAILABLE: final(8, 'The broker is not available.'),
  REPLICA_NOT_AVAILABLE: staleMetadata(9, 'The replica is not available.'),
  MESSAGE_TOO_LARGE: final(10, 'The batch is larger than the broker accepts.'),
  STALE_CONTROLLER_EPOCH: final(11, 'The controller has moved to another broker.'),
  OFFSET_METADATA_TOO_LARGE: final(12, 'The metadata of the committed offset is too large.'),
  NETWORK_EXCEPTION: staleMetadata(13, 'The connection was lost before a response arrived.'),
  COORDINATOR_LOAD_IN_PROGRESS: retriable(14, 'The coordinator is still loading its state.'),
  COORDINATOR_NOT_AVAILABLE: retriable(15, 'There is no coordinator at the moment.'),
  NOT_COORDINATOR: retriable(16, 'The broker is not the coordinator.'),
  INVALID_TOPIC_EXCEPTION: final(17, 'The topic name is invalid, or the topic must not be written to.'),
  RECORD_LIST_TOO_LARGE: final(18, 'The batch is larger than a log segment.'),
  NOT_ENOUGH_REPLICAS: retriable(
    19,
    'Fewer replicas are in sync than min.insync.replicas asks for: nothing was appended.',
  ),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: retriable(
    20,
    'The batch was appended, but fewer replicas are in sync than min.insync.replicas asks for.',
  ),
  INVALID_REQUIRED_ACKS: final(21, "The request's acks is neither 0, 1 nor -1."),
  ILLEGAL_GENERATION: final(22, 'The generation of the group is not the current one.'),
  INCONSISTENT_GROUP_PROTOCOL: final(23, "The member's protocols do not fit those of the group."),
  INVALID_GROUP_ID: final(24, 'The group id is invalid.'),
  UNKNOWN_MEMBER_ID: final(25, 'The coordinator does not know this member.'),
  INVALID_SESSION_TIMEOUT: final(26, 'The session timeout is outside of the range that the broker allows.'),
  REBALANCE_IN_PROGRESS: final(27, 'The group is rebalancing: the member has to rejoin.'),
  INVALID_COMMIT_OFFSET_SIZE: final(28, 'The size of the committed offset data is invalid.'),
  TOPIC_AUTHORIZATION_FAILED: final(29, 'Not authorized to access the topic.'),
  GROUP_AUTHORIZATION_FAILED: final(30, 'Not authorized to access the group.'),
  CLUSTER_AUTHORIZATION_FAILED: final(31, 'Not authorized to do this to the cluster.'),
  INVALID_TIMESTAMP: final(32, 'The timestamp of a record is outside of the range that the broker accepts.'),
  UNSUPPORTED_SASL_MECHANISM: final(33, 'The broker does not support this SASL mechanism.'),
  ILLEGAL_SASL_STATE: final(34, 'The request is not valid in the current state of authentication.'),
  UNSUPPORTED_VERSION: final(35, 'The broker does not support this version of the API.'),
  TOPIC_ALREADY_EXISTS: final(36, 'A topic with this name exists already.'),
  INVALID_PARTITIONS: final(37, 'The number of partitions is invalid.'),
  INVALID_REPLICATION_FACTOR: final(38, 'The replication factor is below 1 or above the number of brokers.'),
  INVALID_REPLICA_ASSIGNMENT: final(39, 'The assignment of replicas is invalid.'),
  INVALID_CONFIG: final(40, 'The configuration is invalid.'),
  NOT_CONTROLLER: retriable(41, 'The broker is not the controller.'),
  INVALID_REQUEST: final(42, 'The request is malformed, or says something that makes no sense to this broker.'),
  UNSUPPORTED_FOR_MESSAGE_FORMAT: final(43, 'The message format of the topic does not support the request.'),
  POLICY_VIOLATION: final(44, 'The request violates a policy of the broker.'),
  OUT_OF_ORDER_SEQUENCE_NUMBER: final(
    45,
    'The sequence number of the batch does not follow the last one of its producer.',
  ),
  DUPLICATE_SEQUENCE_NUMBER: final(46, 'The batch is a duplicate of one that the broker has appended already.'),
  INVALID_PRODUCER_EPOCH: final(47, "The producer's epoch is older than the one the broker knows."),
  INVALID_TXN_STATE: final(48, 'The transaction is in a state in which this is not possible.'),
  INVALID_PRODUCER_ID_MAPPING: final(49, 'The producer id is not the one that belongs to the transactional id.'),
  INVALID_TRANSACTION_TIMEOUT: final(50, 'The transaction timeout is larger than the broker allows.'),
  CONCURRENT_TRANSACTIONS: retriable(51, 'Another operation on the same transaction is under way.'),
  TRANSACTION_COORDINATOR_FENCED: final(52, 'The transaction coordinator has been replaced by a newer one.'),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: final(53, 'Not authorized to use the transactional id.'),
  SECURITY_DISABLED: final(54, 'Security features are disabled on the broker.'),
  OPERATION_NOT_ATTEMPTED: final(
    55,
    'The operation was not attempted, because an earlier one in the same request failed.',
  ),
  KAFKA_STORAGE_ERROR: staleMetadata(56, 'The disk that holds the log failed.'),
  LOG_DIR_NOT_FOUND: final(57, 'The log directory is not one that the broker is configured with.'),
  SASL_AUTHENTICATION_FAILED: final(58, 'Authentication failed.'),
  UNKNOWN_PRODUCER_ID: final(
    59,
    'The broker has no state for this producer id: it expired, or its records were deleted.',
  ),
  REASSIGNMENT_IN_PROGRESS: final(60, 'A reassignment of the partition is in progress.'),
  DELEGATION_TOKEN_AUTH_DISABLED: final(61, 'Delegation tokens are not enabled.'),
  DELEGATION_TOKEN_NOT_FOUND: final(62, 'The broker does not know the delegation token.'),
  DELEGATION_TOKEN_OWNER_MISMATCH: final(63, 'The principal neither owns the delegation token nor may renew it.'),
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: final(64, 'Delegation tokens cannot be requested over this channel.'),
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: final(65, 'Not authorized to use the delegation token.'),
  DELEGATION_TOKEN_EXPIRED: final(66, 'The delegation token has expired.'),
  INVALID_PRINCIPAL_TYPE: final(67, 'The type of the principal is not supported.'),
  NON_EMPTY_GROUP: final(68, 'The group is not empty.'),
  GROUP_ID_NOT_FOUND: final(69, 'There is no such group.'),
  FETCH_SESSION_ID_NOT_FOUND: retriable(70, 'The broker does not know the fetch session.'),
  INVALID_FETCH_SESSION_EPOCH: retriable(71, 'The epoch of the fetch session is invalid.'),
  LISTENER_NOT_FOUND: staleMetadata(72, 'The leader has no listener of the name on which metadata was asked for.'),
  TOPIC_DELETION_DISABLED: final(73, 'Deleting topics is disabled.'),
  FENCED_LEADER_EPOCH: staleMetadata(74, "The leader epoch in the request is older than the broker's."),
  UNKNOWN_LEADER_EPOCH: retriable(75, "The leader epoch in the request is newer than the broker's."),
  UNSUPPORTED_COMPRESSION_TYPE: final(
    76,
    "The client's version of the API does not support the compression of the batch.",
  ),
  STALE_BROKER_EPOCH: final(77, "The broker's epoch has changed."),
  OFFSET_NOT_AVAILABLE: retriable(78, 'A leader was elected just now and does not know its high watermark yet.'),
  MEMBER_ID_REQUIRED: final(79, 'The member needs an id before it can join the group.'),
  PREFERRED_LEADER_NOT_AVAILABLE: staleMetadata(80, 'The preferred leader is not available.'),
  GROUP_MAX_SIZE_REACHED: final(81, 'The group is full.'),
  FENCED_INSTANCE_ID: final(82, 'Another member with the same group.instance.id has registered.'),
  ELIGIBLE_LEADERS_NOT_AVAILABLE: staleMetadata(83, 'No eligible leader of the partition is available.'),
  ELECTION_NOT_NEEDED: staleMetadata(84, 'No election is needed for the partition.'),
  NO_REASSIGNMENT_IN_PROGRESS: final(85, 'No reassignment of the partition is in progress.'),
  GROUP_SUBSCRIBED_TO_TOPIC: final(86, 'The group is subscribed to the topic, so its offsets cannot be deleted.'),
  INVALID_RECORD: final(87, "A record failed the broker's validation."),
  UNSTABLE_OFFSET_COMMIT: retriable(88, 'There are offsets of an unfinished transaction.'),
  THROTTLING_QUOTA_EXCEEDED: retriable(89, 'A quota has been exceeded.'),
  PRODUCER_FENCED: final(90, 'A newer producer with the same transactional id has taken over.'),
  RESOURCE_NOT_FOUND: final(91, 'The request refers to something that does not exist.'),
  DUPLICATE_RESOURCE: final(92, 'The request refers to the same thing twice.'),
  UNACCEPTABLE_CREDENTIAL: final(93, "The credential does not meet the broker's criteria."),
  INCONSISTENT_VOTER_SET: final(94, 'Sender or receiver is not one of the expected voters.'),
  INVALID_UPDATE_VERSION: final(95, 'The version of the update is invalid.'),
  FEATURE_UPDATE_FAILED: final(96, 'The features could not be updated.'),
  PRINCIPAL_DESERIALIZATION_FAILURE: final(97, 'A forwarded request carried a principal that cannot be read.'),
  SNAPSHOT_NOT_FOUND: final(98, 'There is no such snapshot.'),
  POSITION_OUT_OF_RANGE: final(99, 'The position is outside of the snapshot.'),
  UNKNOWN_TOPIC_ID: staleMetadata(100, 'The broker does not host a topic with this id.'),
  DUPLICATE_BROKER_REGISTRATION: final(101, 'A broker with this id is registered already.'),
  BROKER_ID_NOT_REGISTERED: final(102, 'No broker with this id is registered.'),
  INCONSISTENT_TOPIC_ID: staleMetadata(103, 'The topic id in the request is not the one of the log.'),
  INCONSISTENT_CLUSTER_ID: final(104, 'The cluster id in the request is not the one of this cluster.'),
  TRANSACTIONAL_ID_NOT_FOUND: final(105, 'There is no such transactional id.'),
  FETCH_SESSION_TOPIC_ID_ERROR: retriable(106, 'The fetch session mixes topics with and without ids.'),
  INELIGIBLE_REPLICA: final(107, 'The new in-sync set contains a replica that must not be in it.'),
  NEW_LEADER_ELECTED: final(108, 'The partition was changed, and its leader as well.'),
  OFFSET_MOVED_TO_TIERED_STORAGE: final(109, 'The offset has moved to tiered storage.'),
  FENCED_MEMBER_EPOCH: final(110, "The member's epoch is fenced: it must give up its partitions and rejoin."),
  UNRELEASED_INSTANCE_ID: final(111, 'Another member still holds the instance id.'),
  UNSUPPORTED_ASSIGNOR: final(112, 'The group does not support the assignor or its version.'),
  STALE_MEMBER_EPOCH: final(113, "The member's epoch is stale: it must retry after its next heartbeat."),
  MISMATCHED_ENDPOINT_TYPE: final(114, 'The request was sent to the wrong type of endpoint.'),
  UNSUPPORTED_ENDPOINT_TYPE: final(115, 'This type of endpoint is not supported.'),
  UNKNOWN_CONTROLLER_ID: final(116, 'There is no controller with this id.'),
  UNKNOWN_SUBSCRIPTION_ID: final(117, 'The telemetry subscription id is invalid or outdated.'),
  TELEMETRY_TOO_LARGE: final(118, 'The telemetry is larger than the broker accepts.'),
  INVALID_REGISTRATION: final(119, 'The controller refuses the registration of the broker.'),
  TRANSACTION_ABORTABLE: final(120, 'The transaction cannot go on, but it can be aborted.'),
  INVALID_RECORD_STATE: final(121, 'The record is in a state in which it cannot be acknowledged.'),
  SHARE_SESSION_NOT_FOUND: retriable(122, 'There is no such share session.'),
  INVALID_SHARE_SESSION_EPOCH: retriable(123, 'The epoch of the share session is invalid.'),
  FENCED_STATE_EPOCH: final(124, "The epoch of the share group's state is not the current one."),
  INVALID_VOTER_KEY: final(125, "The voter's key is not the one of the replica."),
  DUPLICATE_VOTER: final(126, 'The voter is in the set already.'),
  VOTER_NOT_FOUND: final(127, 'The voter is not in the set.'),
  INVALID_REGULAR_EXPRESSION: final(128, 'The regular expression is invalid.'),
  REBOOTSTRAP_REQUIRED: final(129, "The client's metadata is stale: it should bootstrap again."),
  STREAMS_INVALID_TOPOLOGY: final(130, 'The topology is invalid.'),
  STREAMS_INVALID_TOPOLOGY_EPOCH: final(131, "The topology's epoch is invalid."),
  STREAMS_TOPOLOGY_FENCED: final(132, "The topology's epoch is outdated."),
  SHARE_SESSION_LIMIT_REACHED: retriable(133, 'There are too many share sessions.'),
}

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
