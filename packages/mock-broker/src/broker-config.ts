import type { Cluster, ClusterNode } from './cluster.ts'
import type { configType } from './config-resource.ts'

/** A setting of a broker, as DescribeConfigs tells it. */
export interface BrokerConfigRow {
  readonly key: string
  readonly kind: keyof typeof configType
  readonly value: string | null
  readonly isDefault: boolean
}

/** The settings of a broker that mean something here, under Kafka's keys. */
export function brokerConfig({ config }: Cluster, node: ClusterNode): BrokerConfigRow[] {
  const row = (key: string, kind: BrokerConfigRow['kind'], value: string | number | boolean | null, usual: string) => {
    const text = value === null ? null : String(value)
    return { key, kind, value: text, isDefault: text === usual }
  }
  return [
    row('auto.create.topics.enable', 'BOOLEAN', config.autoCreateTopics, 'true'),
    row('broker.rack', 'STRING', node.rack, ''),
    row('broker.session.timeout.ms', 'INT', config.brokerSessionTimeoutMs, '9000'),
    row('connections.max.idle.ms', 'LONG', config.connectionsMaxIdleMs, '600000'),
    row('default.replication.factor', 'INT', config.defaultReplicas, '1'),
    row('log.retention.check.interval.ms', 'LONG', config.retentionCheckIntervalMs, '300000'),
    row('node.id', 'INT', node.id, ''),
    row('num.partitions', 'INT', config.defaultPartitions, '1'),
    row('producer.id.expiration.ms', 'INT', config.producerIdExpirationMs, '86400000'),
    row('replica.lag.time.max.ms', 'LONG', config.replicaLagTimeMaxMs, '30000'),
    row('socket.request.max.bytes', 'INT', config.frameBytesMax, '104857600'),
  ]
}
