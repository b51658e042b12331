import type { SubjectDefinition } from './subject.ts'

/** A client that the harness knows, loaded only in the process that needs it. */
interface SubjectRow {
  /** npm package of the client. */
  readonly packageName: string
  load(): Promise<SubjectDefinition<never>>
}

/** Every client that the harness knows, by the name for `--subject`. */
export const subjects: Readonly<Record<string, SubjectRow>> = {
  harrow: { packageName: '@harrow/producer', load: async () => (await import('./harrow.ts')).harrow },
  kafkajs: { packageName: 'kafkajs', load: async () => (await import('./kafkajs.ts')).kafkajs },
  'kafkajs-unawaited': { packageName: 'kafkajs', load: async () => (await import('./kafkajs.ts')).kafkajsUnawaited },
  platformatic: {
    packageName: '@platformatic/kafka',
    load: async () => (await import('./platformatic.ts')).platformatic,
  },
  'platformatic-unawaited': {
    packageName: '@platformatic/kafka',
    load: async () => (await import('./platformatic.ts')).platformaticUnawaited,
  },
  confluent: {
    packageName: '@confluentinc/kafka-javascript',
    load: async () => (await import('./confluent.ts')).confluent,
  },
  'node-rdkafka': { packageName: 'node-rdkafka', load: async () => (await import('./node-rdkafka.ts')).nodeRdkafka },
}
