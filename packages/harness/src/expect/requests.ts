import { z } from 'zod'
import { outside, toRange } from '../scenario/quantities.ts'
import type { Expectation } from './expectation.ts'

const schema = z
  .strictObject({
    api: z.string().describe('Kafka name of the request: Produce, Metadata, InitProducerId, ...'),
    broker: z.int().min(1).optional().describe('Only requests that this broker received.'),
    topic: z.string().optional().describe('Only requests that name this topic.'),
    partition: z.int().min(0).optional().describe('Only requests that name this partition.'),
    min: z.int().min(0).optional().describe('At least this many.'),
    max: z.int().min(0).optional().describe('At most this many.'),
  })
  .describe('How many requests of one kind the brokers received.')

/** `requests`: how many requests of one API arrived, at all brokers or at one. */
export const requests: Expectation<typeof schema> = {
  schema,
  judge(history, wanted) {
    const { api, broker, topic, partition } = wanted
    const isAboutPartitions = topic !== undefined || partition !== undefined
    const found = history.requests.filter(
      (request) =>
        request.api === api &&
        (broker === undefined || request.broker === broker) &&
        (!isAboutPartitions ||
          request.partitions.some(
            (at) =>
              (topic === undefined || at.topic === topic) && (partition === undefined || at.partition === partition),
          )),
    )
    const missed = outside(found.length, toRange(wanted))
    if (missed === undefined) return []
    const where = broker === undefined ? '' : ` at broker ${broker}`
    const perBroker = [...new Set(found.map((request) => request.broker))]
      .sort((a, b) => a - b)
      .map((id) => `broker ${id}: ${found.filter((request) => request.broker === id).length}`)
    const message = `${found.length} ${api} requests arrived${where}, expected ${missed}`
    return [
      {
        law: 'requests',
        message,
        evidence: perBroker,
        ...(found[0] === undefined ? {} : { atMs: found[0].receivedAtMs }),
      },
    ]
  },
}
