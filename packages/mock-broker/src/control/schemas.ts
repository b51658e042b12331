import { faultRuleSchema, type JsonSchema } from '../field-schema.ts'

const integer = { type: 'integer' } as const
const int64 = { type: 'integer', format: 'int64' } as const
const text = { type: 'string' } as const
const bool = { type: 'boolean' } as const
const millis = { type: 'number', description: 'Milliseconds on the monotonic clock of the cluster.' } as const
const base64 = { type: ['string', 'null'], contentEncoding: 'base64' } as const
const textOrNull = { type: ['string', 'null'], description: 'As text, if it is UTF-8.' } as const

/** Everything that answers are made of, by name. All properties are always there unless `optional` says otherwise. */
export const schemas: Readonly<Record<string, JsonSchema>> = {
  Broker: object({
    id: integer,
    host: text,
    port: integer,
    rack: orNull(text),
    isRunning: bool,
    openConnections: integer,
  }),
  Cluster: object({ clusterId: text, bootstrapServers: text, brokers: listOf('Broker'), topics: listOf('Topic') }),
  Topic: object({ name: text, id: text, partitions: integer }),
  Partition: object({
    topic: text,
    partition: integer,
    leader: { ...integer, description: 'Node id, -1 for nobody.' },
    leaderEpoch: integer,
    isr: list(integer),
    startOffset: int64,
    endOffset: { ...int64, description: 'Offset that the next record gets at the leader.' },
    highWatermark: int64,
    replicas: list(object({ broker: integer, endOffset: int64 })),
  }),
  Header: object({ key: text, value: base64, valueText: textOrNull }),
  Record: object({
    topic: text,
    partition: integer,
    offset: int64,
    timestamp: int64,
    key: base64,
    keyText: textOrNull,
    value: base64,
    valueText: textOrNull,
    headers: listOf('Header'),
    producerId: int64,
    producerEpoch: integer,
    sequence: integer,
    compression: text,
  }),
  Batch: object({
    baseOffset: int64,
    recordCount: integer,
    bytes: integer,
    compression: text,
    partitionLeaderEpoch: integer,
    producerId: int64,
    producerEpoch: integer,
    baseSequence: integer,
    isTransactional: bool,
    isControl: bool,
    baseTimestamp: int64,
    maxTimestamp: int64,
    timestampType: text,
  }),
  FaultRule: faultRuleSchema(),
  Fault: object(
    {
      name: text,
      hits: integer,
      isConsumed: { ...bool, description: 'Whether it did all that it was there for.' },
      closest: { ...text, description: 'What kept it from acting, as near as it came.' },
      rule: { type: 'object', description: 'As parsed: durations in milliseconds, sizes in bytes.' },
    },
    ['closest'],
  ),
  Hits: object({ name: text, hits: integer, reached: { ...bool, description: 'Whether it hit as often as asked.' } }),
  Request: object(
    {
      id: integer,
      broker: integer,
      connection: integer,
      clientId: orNull(text),
      softwareName: text,
      softwareVersion: text,
      api: text,
      version: integer,
      correlationId: integer,
      receivedAtMs: millis,
      answeredAtMs: millis,
      applied: bool,
      fault: { ...text, description: 'Name of the fault rule that acted on it.' },
      batches: list(
        object({ topic: text, partition: integer, baseOffset: int64, how: { enum: ['appended', 'duplicate'] } }),
      ),
      bytes: integer,
      body: { type: 'object', description: "Under Kafka's field names; bytes in base64." },
      answer: { type: 'object', description: 'What really went out, under the same names. Not kept for Fetch.' },
    },
    ['softwareName', 'softwareVersion', 'answeredAtMs', 'fault', 'body', 'answer'],
  ),
  Finding: object({ kind: text, broker: integer, connection: integer, message: text, atMs: millis }),
  Event: {
    type: 'object',
    description: 'What happened: `event` names the kind, the rest depends on it.',
    properties: { event: text, atMs: millis },
    additionalProperties: true,
    required: ['event', 'atMs'],
  },
  Attempt: object(
    {
      request: integer,
      broker: integer,
      connection: integer,
      correlationId: integer,
      receivedAtMs: millis,
      answeredAtMs: millis,
      producerId: int64,
      producerEpoch: integer,
      sequence: integer,
      answer: { enum: ['acked', 'error', 'none', 'not-wanted'] },
      error: text,
      offset: int64,
      how: { enum: ['appended', 'duplicate'] },
    },
    ['answeredAtMs', 'error', 'offset', 'how'],
  ),
  RecordDelivery: object(
    {
      id: integer,
      topic: text,
      partition: integer,
      clientId: orNull(text),
      key: base64,
      keyText: textOrNull,
      value: base64,
      valueText: textOrNull,
      headers: listOf('Header'),
      status: {
        enum: ['acked-and-present', 'acked-but-lost', 'acked-and-deleted', 'present-but-unacked', 'absent-and-unacked'],
      },
      attempts: listOf('Attempt'),
      offsets: list(int64),
      duplicatedBy: list(integer),
      overtakenBy: integer,
    },
    ['overtakenBy'],
  ),
  Delivery: object(
    {
      isGood: { ...bool, description: 'Nothing acknowledged is lost, nothing is there twice, order was kept.' },
      problem: { ...text, description: 'What is wrong, with the attempts of the first records: for people.' },
      counts: object({
        records: integer,
        ackedAndPresent: integer,
        ackedButLost: integer,
        ackedAndDeleted: integer,
        presentButUnacked: integer,
        absentAndUnacked: integer,
        duplicated: integer,
        reordered: integer,
        phantoms: integer,
      }),
      records: listOf('RecordDelivery'),
      phantoms: listOf('Record'),
      unreadable: list(object({ request: integer, topic: text, because: text })),
    },
    ['problem'],
  ),
  Error: object(
    {
      message: text,
      issues: list(object({ path: list({ type: ['string', 'integer'] }), message: text })),
    },
    ['issues'],
  ),
}

export function schemaOf(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

/** An object with one list in it: there is room for more beside it later. */
export function wrapped(key: string, name: string): JsonSchema {
  return object({ [key]: listOf(name) })
}

export function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((key) => !optional.includes(key))
  return { type: 'object', properties, required }
}

export function listOf(name: string): JsonSchema {
  return list(schemaOf(name))
}

function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

function orNull(schema: { readonly type: string }): JsonSchema {
  return { ...schema, type: [schema.type, 'null'] }
}
