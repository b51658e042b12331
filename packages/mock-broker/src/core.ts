export type { BrokerNode } from './cluster.ts'
export type { ClusterAdmin, PartitionName, PartitionState, RollOptions } from './cluster-admin.ts'
export { ClusterCore, type ClusterExtras, type CoreFaultHandle } from './cluster-core.ts'
export {
  type ApiVersionLimit,
  type BrokerOptions,
  type ClusterConfig,
  type ClusterOptions,
  ClusterOptionsError,
  clusterOptionFields,
  parseClusterOptions,
  type TopicOptions,
  type UnhandledRequestPolicy,
} from './config.ts'
export { ControlApi, type ControlRequest, type ControlResponse } from './control/control-api.ts'
export type { CoreBroker } from './core-broker.ts'
export { DeliveryError, timeline } from './delivery/delivery-error.ts'
export { type Evidence, judgeDelivery } from './delivery/oracle.ts'
export type {
  DeliveryAttempt,
  DeliveryCounts,
  DeliveryQuery,
  DeliveryReport,
  DeliveryStatus,
  RecordDelivery,
} from './delivery/record-delivery.ts'
export type { BrokerEventOf, EventStream, Unsubscribe } from './event-stream.ts'
export type { FaultStatus, FaultWatcher } from './faults/chain.ts'
export { type FaultFamily, type FaultKind, faultFamilies } from './faults/fault-kind.ts'
export { type FaultAction, faultKinds } from './faults/index.ts'
export {
  conditionFields,
  type FaultRule,
  FaultRuleError,
  type ParsedFaultRule,
  parseFaultRule,
  type RequestConditions,
  ruleFields,
} from './faults/rule.ts'
export { UnconsumedFaultsError } from './faults/unconsumed.ts'
export { describeType, type Field, type FieldType, type Issue } from './field.ts'
export { faultRuleSchema, fieldSchema, type JsonSchema, objectSchema } from './field-schema.ts'
export { type Finding, UnhandledRequestsError } from './findings.ts'
export type { UpstreamBroker } from './forward/upstream.ts'
export {
  type JournalEntry,
  JournalOverflowError,
  type JournalQuery,
  type RequestJournal,
  type WrittenBatch,
} from './journal.ts'
export { type KafkaReleaseName, kafkaReleaseNames } from './kafka-releases.ts'
export type { StoredRecord } from './stored-record.ts'
export { type TopicConfig, topicConfigFields } from './topic-config.ts'
export type { BrokerEvent, Tracer } from './trace.ts'
