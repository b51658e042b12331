import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ScriptedWorld } from '../test/scripted-world.ts'
import * as errors from './errors.ts'

interface Case {
  readonly code: string
  readonly certainty: 'definite' | 'maybe'
  readonly attempts: number
  /** What the message must name, besides the topic. */
  readonly says: readonly string[]
  play(world: ScriptedWorld): void
  readonly config?: ConstructorParameters<typeof ScriptedWorld>[0]
}

const quick = { 'request.timeout.ms': 400, 'delivery.timeout.ms': 1_000, 'linger.ms': 0, 'max.block.ms': 500 } as const

function answering(errorCode: number): (world: ScriptedWorld) => void {
  return (world) => {
    world.cluster.produceScript = () => () => ({ errorCode })
    world.send('orders', 'v')
  }
}

/** The first request is never answered. */
function answeringAfterALoss(errorCode: number): (world: ScriptedWorld) => void {
  return (world) => {
    let requests = 0
    world.cluster.produceScript = () => (requests++ === 0 ? 'silence' : () => ({ errorCode }))
    world.send('orders', 'v')
  }
}

const cases: Record<string, Case> = {
  'a topic that nobody knows': {
    code: 'METADATA_TIMEOUT',
    certainty: 'definite',
    attempts: 0,
    says: ['500 ms', 'exist'],
    play(world) {
      world.cluster.topics.delete('orders')
      world.send('orders', 'v')
    },
  },
  'a partition that never comes': {
    code: 'METADATA_TIMEOUT',
    certainty: 'definite',
    attempts: 0,
    says: ['partition 9', 'has 1'],
    play: (world) => world.send('orders', 'v', { partition: 9 }),
  },
  'no memory': {
    code: 'BUFFER_EXHAUSTED',
    certainty: 'definite',
    attempts: 0,
    says: ['buffer.memory', 'max.block.ms'],
    config: { 'buffer.memory': 150, 'batch.size': 100, 'delivery.timeout.ms': 5_000 },
    play(world) {
      world.cluster.produceScript = () => 'silence'
      world.core.send({ topic: 'orders', value: 'v'.repeat(50) }, () => {})
      world.send('orders', 'v'.repeat(50))
    },
  },
  'a record above max.request.size': {
    code: 'RECORD_TOO_LARGE',
    certainty: 'definite',
    attempts: 0,
    says: ['max.request.size', '200', 'raise'],
    config: { 'max.request.size': 200 },
    play: (world) => world.send('orders', 'v'.repeat(200)),
  },
  'a record above buffer.memory': {
    code: 'RECORD_TOO_LARGE',
    certainty: 'definite',
    attempts: 0,
    says: ['buffer.memory', '200', 'raise'],
    config: { 'buffer.memory': 200, 'batch.size': 100 },
    play: (world) => world.send('orders', 'v'.repeat(200)),
  },
  'a record above the limit of the broker': {
    code: 'RECORD_TOO_LARGE',
    certainty: 'definite',
    attempts: 1,
    says: ['orders-0', '1 attempt', 'max.message.bytes'],
    play: answering(10),
  },
  'a refusal': {
    code: 'TOPIC_AUTHORIZATION_FAILED',
    certainty: 'definite',
    attempts: 1,
    says: ['orders-0', '1 attempt', 'grant Write'],
    play: answering(29),
  },
  'too few replicas until retries are used up': {
    code: 'NOT_ENOUGH_REPLICAS',
    certainty: 'definite',
    attempts: 3,
    says: ['orders-0', '3 attempts', 'min.insync.replicas'],
    config: { retries: 2 },
    play: answering(19),
  },
  'too few replicas after the append': {
    code: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    certainty: 'maybe',
    attempts: 3,
    says: ['orders-0', '3 attempts'],
    config: { retries: 2 },
    play: answering(20),
  },
  'a broker that never answers': {
    code: 'DELIVERY_TIMEOUT',
    certainty: 'maybe',
    attempts: 2,
    says: ['orders-0', 'delivery.timeout.ms'],
    play(world) {
      world.cluster.produceScript = () => 'silence'
      world.send('orders', 'v')
    },
  },
  'a broker that is never there': {
    code: 'DELIVERY_TIMEOUT',
    certainty: 'definite',
    attempts: 0,
    says: ['orders-0', 'never sent', 'delivery.timeout.ms'],
    play(world) {
      world.send('orders', 'known')
      world.runUntil(() => world.outcomes.length === 1, 1_000)
      world.outcomes.length = 0
      world.cluster.stop(1)
      world.run(10)
      world.send('orders', 'v')
    },
  },
  'a forced close, of what waits': {
    code: 'PRODUCER_CLOSED',
    certainty: 'definite',
    attempts: 0,
    says: ['closed'],
    play(world) {
      world.send('orders', 'v')
      world.core.close({ timeoutMs: 0 }, () => {})
    },
  },
  'a forced close, of what is on the wire': {
    code: 'PRODUCER_CLOSED',
    certainty: 'maybe',
    attempts: 1,
    says: ['closed'],
    play(world) {
      world.cluster.produceScript = () => 'silence'
      world.send('orders', 'v')
      world.run(100)
      world.core.close({ timeoutMs: 0 }, () => {})
    },
  },
  'a limit that was lowered after an attempt of which nobody knows': {
    code: 'RECORD_TOO_LARGE',
    certainty: 'maybe',
    attempts: 2,
    says: ['orders-0', '2 attempts'],
    play: answeringAfterALoss(10),
  },
  'a broker that became too old after an attempt of which nobody knows': {
    code: 'UNSUPPORTED_VERSION',
    certainty: 'maybe',
    attempts: 2,
    says: ['orders-0', '2 attempts'],
    play: answeringAfterALoss(35),
  },
  'a record beside an invalid one': {
    code: 'SHARED_BATCH_WITH_INVALID_RECORD',
    certainty: 'definite',
    attempts: 1,
    says: ['orders-0', 'shared a batch'],
    play(world) {
      world.cluster.produceScript = () => () => ({
        errorCode: 87,
        recordErrors: [{ batchIndex: 1, batchIndexErrorMessage: 'no key' }],
      })
      world.send('orders', 'v')
      world.core.send({ topic: 'orders', value: 'invalid' }, () => {})
    },
  },
}

test.each(Object.entries(cases))('outcome: %s', (_, { code, certainty, attempts, says, play, config = {} }) => {
  const world = new ScriptedWorld({ ...quick, ...config })
  world.cluster.topic('orders')
  play(world)
  world.runUntil(() => world.outcomes.length === 1, 10_000)
  const error = world.outcomes[0]?.error
  expect(error).toMatchObject({ code, certainty, attempts })
  expect(error?.topic ?? 'orders').toBe('orders')
  for (const words of says) expect(error?.message).toContain(words)
})

test('outcome: every error class has its own name, a code, a certainty, and is a ProducerError', () => {
  const classes = Object.entries(errors)
  expect(classes.length).toBeGreaterThan(10)
  for (const [name, type] of classes) {
    const error: errors.ProducerError = Object.create(type.prototype as object) as errors.ProducerError
    expect(error, name).toBeInstanceOf(errors.ProducerError)
    expect(error, name).toBeInstanceOf(Error)
  }
  const shown = new errors.ConfigError('acks', 2, 'all, 0, 1')
  expect(`${shown}`).toBe('ConfigError: acks = 2: allowed is all, 0, 1')
  expect(shown).toMatchObject({ code: 'CONFIG', certainty: 'definite', key: 'acks', value: 2 })
})

test('outcome: the table in the README has every error, and promises no more certainty than there is', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| `(\w+)` \| (?:`([A-Z_]+)`|([^|]+)) \| (definite|maybe|either) \|/gm)].map(
    ([, type = '', code, _codes, certainty = '']) => ({ type, code, certainty }),
  )
  expect([...new Set(rows.map(({ type }) => type))].sort()).toEqual(Object.keys(errors).sort())
  for (const [name, { code, certainty }] of Object.entries(cases)) {
    const row = rows.find((one) => one.code === code) ?? rows.find(({ type }) => type === 'BrokerError')
    expect(['either', certainty], `${name}: ${code}`).toContain(row?.certainty)
  }
})

test('outcome: a topic that metadata refuses fails at once, with what to do', () => {
  const world = new ScriptedWorld(quick)
  world.cluster.topicErrors.set('bad topic', 17)
  world.send('bad topic', 'v')
  world.runUntil(() => world.outcomes.length === 1, 400)
  expect(world.outcomes[0]?.error).toMatchObject({
    code: 'INVALID_TOPIC_EXCEPTION',
    certainty: 'definite',
    topic: 'bad topic',
  })
})
