/** The producer without a platform: bring a Runtime. */
export { type ParsedProducerConfig, type ProducerConfig, parseProducerConfig } from './config.ts'
export { type ConfigRow, inertConfigKeys, producerConfigTable } from './config-table.ts'
export * from './errors.ts'
export type { InterceptorOption, ProducerInterceptor } from './interceptor.ts'
export { type LogDetails, type Logger, silentLogger } from './logger.ts'
export type { Metric } from './metrics/metric.ts'
export type { OnPartitions, TopicPartitionInfo } from './partition-lookups.ts'
export { type Partitioner, type PartitionerInput, type PartitionerOption, partitioners } from './partitioners/index.ts'
export { ProducerCore } from './producer-core.ts'
export type { NumbersFrom, ProducerCoreOptions } from './producer-parts.ts'
export type { ProducerSnapshot } from './producer-snapshot.ts'
export type { OnCompletion, ProducerRecord, RecordMetadata } from './record.ts'
export {
  type Serialized,
  type Serializer,
  type SerializerFunction,
  type SerializerName,
  type SerializerObject,
  serializers,
} from './serializers/index.ts'
export type { ProducerEvent, Trace } from './trace.ts'
