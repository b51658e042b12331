import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { expect, test } from 'vitest'
import { FacadeWorld } from '../../test/facade-world.ts'
import type { ProducerEventMessage, SendContext } from './diagnostics.ts'

const sends = tracingChannel<unknown, SendContext>('harrow:producer:send')

test('diagnostics: each event is published on the channel of its name, with the client id', async () => {
  const messages: ProducerEventMessage[] = []
  const listen = (message: unknown): void => void messages.push(message as ProducerEventMessage)
  subscribe('harrow:producer:batch-completed', listen)
  try {
    const world = new FacadeWorld({ 'client.id': 'shop' })
    await world.run(world.producer.send({ topic: 'orders', value: 'a' }))
  } finally {
    unsubscribe('harrow:producer:batch-completed', listen)
  }
  expect(messages).toMatchObject([
    { clientId: 'shop', event: { event: 'batch-completed', topic: 'orders', partition: 0, records: 1 } },
  ])
})

test('diagnostics: a send is traced from its call to its outcome, and a subscriber may add headers', async () => {
  const story: string[] = []
  const tell = (what: string) => (context: SendContext) => void story.push(`${what} ${context.metadata?.offset ?? '-'}`)
  const subscribers = {
    start(context: SendContext) {
      context.record = { ...context.record, headers: { traceparent: '00-1' } }
      story.push('start')
    },
    end: tell('end'),
    asyncStart: tell('asyncStart'),
    asyncEnd: tell('asyncEnd'),
    error: tell('error'),
  }
  sends.subscribe(subscribers)
  try {
    const world = new FacadeWorld()
    await world.run(world.producer.send({ topic: 'orders', value: 'a' }))
    expect(story).toEqual(['start', 'end -', 'asyncStart 0', 'asyncEnd 0'])
    expect(world.cluster.batches[0]?.headers).toEqual([['traceparent']])
  } finally {
    sends.unsubscribe(subscribers)
  }
})

test('diagnostics: a failure is published with its error, at once or later', async () => {
  const errors: unknown[] = []
  const nothing = (): void => {}
  const subscribers = {
    start: nothing,
    end: nothing,
    asyncStart: nothing,
    asyncEnd: nothing,
    error: ({ error }: SendContext) => void errors.push(error?.code),
  }
  sends.subscribe(subscribers)
  try {
    const world = new FacadeWorld()
    world.cluster.produceScript = () => () => ({ errorCode: 29 })
    expect(() => world.producer.send({ topic: '', value: 'a' }, () => {})).toThrow('non-empty')
    await expect(world.run(world.producer.send({ topic: 'orders', value: 'a' }))).rejects.toThrow('orders-0')
  } finally {
    sends.unsubscribe(subscribers)
  }
  expect(errors).toEqual(['INVALID_RECORD', 'TOPIC_AUTHORIZATION_FAILED'])
})
