import type { CompressionTypes, KafkaConfig, KafkaJSProtocolError, Message } from 'kafkajs'
import { ackEach, SendQueue } from './send-queue.ts'
import { defineSubject, type ForeignAck, type ForeignRecord, type SubjectDefinition } from './subject.ts'

type KafkaJs = typeof import('kafkajs')

/**
 * kafkajs 2. It has no linger, no delivery timeout and no memory limit; its retries stay at its own defaults (5; with
 * idempotence without end) unless the scenario sets them.
 */
function subject(name: string, { awaits }: { readonly awaits: boolean }): SubjectDefinition<KafkaJs> {
  return defineSubject<KafkaJs>({
    name,
    packageName: 'kafkajs',
    settings: {
      acks: 'acks of send()',
      'enable.idempotence': 'idempotent',
      'max.in.flight.requests.per.connection': 'maxInFlightRequests',
      'compression.type': 'compression of send()',
      'request.timeout.ms': 'requestTimeout',
      'socket.connection.setup.timeout.ms': 'connectionTimeout',
      'retry.backoff.ms': 'retry.initialRetryTime',
      'retry.backoff.max.ms': 'retry.maxRetryTime',
      retries: 'retry.retries',
      'metadata.max.age.ms': 'metadataMaxAge',
      'client.id': 'clientId',
    },
    cannotSet: (key, value) =>
      key === 'compression.type' && value !== 'none' && value !== 'gzip' ? `${value} needs a plug-in` : undefined,

    open({ bootstrapServers, config, library: { Kafka, Partitioners, logLevel } }) {
      const retry = compact({
        initialRetryTime: config['retry.backoff.ms'],
        maxRetryTime: config['retry.backoff.max.ms'],
        // Its own default with idempotence, which any setting in `retry` would take away (Client.producer merges them).
        retries: config['retries'] ?? (config['enable.idempotence'] === true ? Number.MAX_SAFE_INTEGER : undefined),
      })
      const kafka = new Kafka({
        clientId: String(config['client.id'] ?? 'harrow-subject'),
        brokers: bootstrapServers.split(','),
        logLevel: logLevel.NOTHING,
        ...compact({
          requestTimeout: config['request.timeout.ms'],
          connectionTimeout: config['socket.connection.setup.timeout.ms'],
        }),
        retry,
      } as KafkaConfig)
      /** It does not tell which message went where; its partitioner is asked along the way. */
      const chosen = new WeakMap<Message, number>()
      const producer = kafka.producer({
        idempotent: config['enable.idempotence'] === true,
        maxInFlightRequests: Number(config['max.in.flight.requests.per.connection']),
        // As the Java producer asks for it, always; whether the broker does it is the broker's business.
        allowAutoTopicCreation: true,
        createPartitioner: () => {
          const choose = Partitioners.DefaultPartitioner()
          return (args) => {
            const partition = choose(args)
            chosen.set(args.message, partition)
            return partition
          }
        },
        ...compact({ metadataMaxAge: config['metadata.max.age.ms'] as number | undefined }),
      })
      const acks = config['acks'] === 'all' ? -1 : Number(config['acks'])
      const compression = (config['compression.type'] === 'gzip' ? 1 : 0) as CompressionTypes
      let connecting: Promise<void> | undefined
      // As an application that starts: connect first; if that fails the records fail, and the next send tries again.
      const connected = (): Promise<void> => {
        connecting ??= producer.connect().catch((error: unknown) => {
          connecting = undefined
          throw error
        })
        return connecting
      }
      async function sendMany(records: readonly ForeignRecord[]): Promise<ForeignAck[]> {
        await connected()
        const messages = records.map(({ topic, partition, key, value, headers }) => ({
          topic,
          message: { key, value: Buffer.from(value), ...compact({ partition, headers }) } as Message,
        }))
        const topics = [...new Set(messages.map(({ topic }) => topic))]
        const topicMessages = topics.map((topic) => ({
          topic,
          messages: messages.filter((one) => one.topic === topic).map(({ message }) => message),
        }))
        const results = (await producer.sendBatch({ topicMessages, acks, compression })) ?? []
        const placed = messages.map(({ topic, message }) => ({
          topic,
          partition: message.partition ?? chosen.get(message),
        }))
        return ackEach(placed, (topic, partition) => {
          const result = results.find((one) => one.topicName === topic && one.partition === partition)
          if (result === undefined) return undefined
          const { logAppendTime = '-1', baseOffset = '-1' } = result
          // -1: the topic keeps the time of the client, which is not told back.
          return { offset: BigInt(baseOffset), timestamp: logAppendTime === '-1' ? undefined : Number(logAppendTime) }
        })
      }
      const queue = new SendQueue(sendMany)
      return {
        send: async (record) => (awaits ? queue.send(record) : (await sendMany([record]))[0]!),
        close: () => producer.disconnect(),
      }
    },

    describeError(error) {
      // What ended the last retry says more than that there were no more.
      const { cause, name: called, message } = error as Error
      const { type } = (cause ?? error) as KafkaJSProtocolError
      return {
        error: type ?? called,
        message: cause instanceof Error && cause.message !== message ? `${message}: ${cause.message}` : message,
      }
    },
  })
}

/** One call at a time: of several that are open at once it does not keep the order, even when nothing goes wrong. */
export const kafkajs = subject('kafkajs', { awaits: true })

/** One call per record, none awaited. */
export const kafkajsUnawaited = subject('kafkajs, sends not awaited', { awaits: false })

/** Without the fields that are undefined: kafkajs takes an undefined option for a value. */
function compact<T extends object>(options: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
