import type { configType } from './config-resource.ts'

/** A setting that can be changed while brokers run. */
export interface DynamicConfigRow {
  readonly key: string
  readonly kind: keyof typeof configType
  readonly default: string
}

/**
 * Settings of brokers that may be changed, with Kafka's defaults: those that administrators change most. Others are
 * taken as well, as a broker takes keys that it does not know: a plugin may. Java: `DynamicBrokerConfig`.
 */
export const dynamicBrokerConfigs: readonly DynamicConfigRow[] = [
  { key: 'background.threads', kind: 'INT', default: '10' },
  { key: 'compression.type', kind: 'STRING', default: 'producer' },
  { key: 'log.cleanup.policy', kind: 'LIST', default: 'delete' },
  { key: 'log.cleaner.threads', kind: 'INT', default: '1' },
  { key: 'log.message.timestamp.after.max.ms', kind: 'LONG', default: '3600000' },
  { key: 'log.message.timestamp.before.max.ms', kind: 'LONG', default: '9223372036854775807' },
  { key: 'log.message.timestamp.type', kind: 'STRING', default: 'CreateTime' },
  { key: 'log.retention.bytes', kind: 'LONG', default: '-1' },
  { key: 'log.retention.ms', kind: 'LONG', default: '' },
  { key: 'log.segment.bytes', kind: 'INT', default: '1073741824' },
  { key: 'max.connections', kind: 'INT', default: '2147483647' },
  { key: 'message.max.bytes', kind: 'INT', default: '1048588' },
  { key: 'min.insync.replicas', kind: 'INT', default: '1' },
  { key: 'num.io.threads', kind: 'INT', default: '8' },
  { key: 'num.network.threads', kind: 'INT', default: '3' },
  { key: 'num.replica.fetchers', kind: 'INT', default: '1' },
  { key: 'sasl.kerberos.min.time.before.relogin', kind: 'LONG', default: '60000' },
  { key: 'unclean.leader.election.enable', kind: 'BOOLEAN', default: 'false' },
]

/** Settings of groups (KIP-848). Java: `GroupConfig`. */
export const groupConfigs: readonly DynamicConfigRow[] = [
  { key: 'consumer.heartbeat.interval.ms', kind: 'INT', default: '5000' },
  { key: 'consumer.session.timeout.ms', kind: 'INT', default: '45000' },
]
