/** What `harrow init` found in a package.json. */
export interface ProjectKind {
  readonly runner: 'vitest' | 'jest' | 'node:test'
  readonly client: ClientName
  /** Whether a `.js` file is an ES module. */
  readonly isModule: boolean
}

export type ClientName = keyof typeof clients

/** In order of preference, should a project have several. */
export const clients = {
  kafkajs: {
    imports: [['{ Kafka }', 'kafkajs']],
    send: [
      "const kafka = new Kafka({ clientId: 'shop', brokers: cluster.bootstrapServers.split(','), logLevel: 0 })",
      'const producer = kafka.producer({ idempotent: true })',
      'await producer.connect()',
      "await producer.send({ topic: 'orders', messages: [{ key: 'o-1', value: 'two coffees' }] })",
      'await producer.disconnect()',
    ],
  },
  '@platformatic/kafka': {
    imports: [['{ Producer, stringSerializers }', '@platformatic/kafka']],
    send: [
      'const producer = new Producer({',
      "  clientId: 'shop',",
      "  bootstrapBrokers: cluster.bootstrapServers.split(','),",
      '  serializers: stringSerializers,',
      '  idempotent: true,',
      '})',
      "await producer.send({ messages: [{ topic: 'orders', key: 'o-1', value: 'two coffees' }] })",
      'await producer.close()',
    ],
  },
  '@confluentinc/kafka-javascript': {
    imports: [['{ KafkaJS }', '@confluentinc/kafka-javascript']],
    send: [
      "const kafka = new KafkaJS.Kafka({ 'bootstrap.servers': cluster.bootstrapServers })",
      "const producer = kafka.producer({ 'enable.idempotence': true })",
      'await producer.connect()',
      "await producer.send({ topic: 'orders', messages: [{ key: 'o-1', value: 'two coffees' }] })",
      'await producer.disconnect()',
    ],
  },
  '@harrow/producer': {
    imports: [['{ Producer }', '@harrow/producer']],
    send: [
      "const producer = new Producer({ 'bootstrap.servers': cluster.bootstrapServers })",
      "await producer.send({ topic: 'orders', key: 'o-1', value: 'two coffees' })",
      'await producer.close()',
    ],
  },
} as const

const title = 'an order is written once, even if the answer to the first attempt is lost'

/** A test in which the application's own client loses an answer. */
export function firstTest({ runner, client, isModule }: ProjectKind): string {
  const imports: (readonly [string, string])[] = [
    ['{ MockCluster }', '@harrow/mock-broker'],
    ...clients[client].imports,
  ]
  if (runner === 'vitest') imports.push(['{ expect, test }', 'vitest'])
  if (runner === 'node:test') imports.unshift(['assert', 'node:assert/strict'], ['{ test }', 'node:test'])
  const same = (found: string, wanted: string): string =>
    runner === 'node:test' ? `assert.deepEqual(${found}, ${wanted})` : `expect(${found}).toEqual(${wanted})`
  const body = [
    'const cluster = await MockCluster.start({ brokers: 3, topics: { orders: { partitions: 6 } } })',
    'try {',
    '  const lost = cluster.fault({',
    "    name: 'lose the first answer',",
    "    on: { api: 'Produce', topic: 'orders', nth: 1 },",
    "    do: { disconnect: 'after-handling' }, // the order is in the log, and nobody says so",
    '  })',
    '',
    '  // Your application in place of these lines:',
    ...clients[client].send.map((line) => `  ${line}`),
    '',
    `  ${same('lost.hits()', '1')} // a fault that never fired proves nothing`,
    "  const values = cluster.records('orders').map(({ value }) => Buffer.from(value ?? []).toString())",
    `  ${same('values', "['two coffees']")}`,
    '} finally {',
    '  await cluster.stop()',
    '}',
  ]
  return [
    ...imports.map(([what, from]) =>
      isModule ? `import ${what} from '${from}'` : `const ${what} = require('${from}')`,
    ),
    '',
    `test('${title}', async () => {`,
    ...body.map((line) => (line === '' ? '' : `  ${line}`)),
    '})',
    '',
  ].join('\n')
}

/** A scenario to begin with: the same fault, with a load and the laws. */
export const firstScenario = `# yaml-language-server: $schema=../node_modules/@harrow/harness/schema/scenario.schema.json
name: A lost ack is not a duplicate
why: >
  The broker appends the batch and the answer never arrives. The producer must send it again, and the broker must
  recognise it by producer id and sequence (KIP-98).
cluster:
  brokers: 3
  topics: { orders: { partitions: 6, replicas: 3 } }
producer:
  enable.idempotence: true
  linger.ms: 5
  request.timeout.ms: 250
  delivery.timeout.ms: 5000
workload:
  - produce: { topic: orders, records: 300, keys: 50, value: 100B, rate: 1000/s }
  - flush: { within: 3s }
faults:
  - name: lose the first ack
    on: { api: Produce, topic: orders, nth: 1 }
    do: { drop: response }
expect:
  - delivered: all
  - duplicates: none
  - ordered: per-key
`
