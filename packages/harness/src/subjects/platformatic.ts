import type { GenericError, ProducerOptions } from '@platformatic/kafka'
import { ackEach, SendQueue } from './send-queue.ts'
import { defineSubject, type ForeignAck, type ForeignRecord, type SubjectDefinition } from './subject.ts'

type Platformatic = typeof import('@platformatic/kafka')

/**
 * @platformatic/kafka. It has no linger in `send()`, no delivery timeout and no memory limit; its retries stay at its
 * own defaults (3; with idempotence without end) unless the scenario sets them.
 */
function subject(name: string, { awaits }: { readonly awaits: boolean }): SubjectDefinition<Platformatic> {
  return defineSubject<Platformatic>({
    name,
    packageName: '@platformatic/kafka',
    settings: {
      acks: 'acks of send()',
      'enable.idempotence': 'idempotent',
      'max.in.flight.requests.per.connection': 'maxInflights (1 with idempotence)',
      'compression.type': 'compression of send()',
      'request.timeout.ms': 'requestTimeout and timeout',
      'socket.connection.setup.timeout.ms': 'connectTimeout',
      'retry.backoff.ms': 'retryDelay, which does not grow',
      retries: 'retries',
      'metadata.max.age.ms': 'metadataMaxAge',
      'client.id': 'clientId',
    },
    cannotSet: (key, value) =>
      key === 'compression.type' && value === 'zstd' && Number(process.versions.node.split('.')[0]) < 23
        ? 'its zstd is that of Node 22.15 and newer'
        : undefined,

    open({ bootstrapServers, config, library: { Producer, ProduceAcks, defaultPartitioner } }) {
      const options = {
        clientId: config['client.id'] ?? 'harrow-subject',
        bootstrapBrokers: bootstrapServers.split(','),
        idempotent: config['enable.idempotence'],
        maxInflights: config['max.in.flight.requests.per.connection'],
        // As the Java producer asks for it, always; whether the broker does it is the broker's business.
        autocreateTopics: true,
        requestTimeout: config['request.timeout.ms'],
        timeout: config['request.timeout.ms'],
        connectTimeout: config['socket.connection.setup.timeout.ms'],
        retries: config['retries'],
        retryDelay: config['retry.backoff.ms'],
        metadataMaxAge: config['metadata.max.age.ms'],
        compression: config['compression.type'],
      }
      const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
      const producer = new Producer<Buffer, Buffer, string, string>({
        ...given,
        serializers: { headerKey: utf8, headerValue: utf8 },
      } as unknown as ProducerOptions<Buffer, Buffer, string, string>)
      const acks = config['acks'] === 'all' ? ProduceAcks.ALL : Number(config['acks'])
      /** It does not tell which message went where; this chooses as its default does, and remembers. */
      const chosen = new WeakMap<object, number>()
      /** Partitions of each topic, as known after the call before. */
      const counts = new Map<string, number>()
      let turn = 0
      const partitioner = (message: object, key: Buffer | undefined): number => {
        const partition = key === undefined ? turn++ : defaultPartitioner(message as never, key)
        chosen.set(message, partition)
        return partition
      }
      async function sendMany(records: readonly ForeignRecord[]): Promise<ForeignAck[]> {
        const messages = records.map(({ topic, partition, key, value, headers }) => ({
          topic,
          value: Buffer.from(value),
          ...(key === null ? {} : { key: Buffer.from(key) }),
          ...(partition === undefined ? {} : { partition }),
          ...(headers === undefined ? {} : { headers: new Map(Object.entries(headers)) }),
        }))
        const { offsets = [] } = await producer.send({ acks, partitioner, messages })
        if (offsets.length === 0) return []
        const topics = [...new Set(messages.map(({ topic }) => topic))]
        const known = (await producer.metadata({ topics })).topics
        const placed = messages.map((message) => {
          const { topic, partition = chosen.get(message) } = message
          const count = known.get(topic)?.partitionsCount
          // While a topic grows nobody can tell which of the two counts the call went by.
          const isSure = count !== undefined && (counts.get(topic) ?? count) === count
          return { topic, partition: partition === undefined || !isSure ? undefined : partition % count }
        })
        for (const [topic, { partitionsCount }] of known) counts.set(topic, partitionsCount)
        return ackEach(placed, (topic, partition) =>
          offsets.find((one) => one.topic === topic && one.partition === partition),
        )
      }
      const queue = new SendQueue(sendMany)
      return {
        send: async (record) => (awaits ? queue.send(record) : ((await sendMany([record]))[0] ?? {})),
        close: () => producer.close(),
      }
    },

    describeError(error) {
      const { message } = error as Error
      const leaves = leavesOf(error)
      const said = leaves.find(({ apiId }) => typeof apiId === 'string') ?? leaves.at(-1)
      return {
        error: typeof said?.['apiId'] === 'string' ? said['apiId'] : (said?.code ?? 'UNKNOWN'),
        message: [message, ...leaves.map((leaf) => leaf.message)]
          .filter((text, i, all) => all.indexOf(text) === i)
          .slice(0, 4)
          .join(': '),
      }
    },
  })
}

/** One call at a time: of several that are open at once, with idempotence, all but the first are lost (see the report card). */
export const platformatic = subject('@platformatic/kafka', { awaits: true })

/** One call per record, none awaited. */
export const platformaticUnawaited = subject('@platformatic/kafka, sends not awaited', { awaits: false })

const utf8 = (text: string | undefined): Buffer => Buffer.from(text ?? '')

/** The errors inside an aggregate of aggregates. */
function leavesOf(error: unknown): GenericError[] {
  const { errors, cause } = error as { readonly errors?: unknown[]; readonly cause?: unknown }
  const inner = [...(errors ?? []), ...(cause === undefined ? [] : [cause])]
  return inner.length === 0 ? [error as GenericError] : inner.flatMap(leavesOf)
}
