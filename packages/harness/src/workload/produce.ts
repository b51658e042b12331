import { z } from 'zod'
import { rate } from '../scenario/quantities.ts'
import { keyChoice, keysSchema } from './key-choice.ts'
import { valueBytesMin } from './record-value.ts'
import type { Step } from './step.ts'
import { valueSchema, valueSize } from './value-size.ts'

const valueBytesDefault = 100

const schema = z.strictObject({
  topic: z
    .string()
    .min(1)
    .describe('Topic to send to. One that the cluster does not have is allowed: that is a fact too.'),
  records: z.int().min(1).max(10_000_000).describe('How many records to send.'),
  keys: keysSchema
    .optional()
    .describe(
      'How many distinct keys to use, in turn, or { count, spread }. Without it, or with `none`, records have no key, and the producer spreads them.',
    ),
  value: valueSchema
    .optional()
    .describe(
      `Size of every value, { min, max }, or a mix; at least ${valueBytesMin}B. Default ${valueBytesDefault}B.`,
    ),
  partition: z
    .union([z.int().min(0), z.literal('round-robin')], { error: 'expected a partition number, or round-robin' })
    .optional()
    .describe('Partition of every record, or `round-robin` for each in turn. Without it the producer chooses.'),
  headers: z.record(z.string(), z.string()).optional().describe('Headers of every record.'),
  rate: rate.optional().describe('Records per second: `1000/s`. Without it all are sent in one turn.'),
  burst: z.int().min(1).optional().describe('With `rate`: how many records to send at once each time. Default 1.'),
})

/** `produce`: hands records to the producer, at a rate or all at once. It does not wait for their completion. */
export const produce: Step<typeof schema> = {
  schema,
  run({ clock, subject, recorder, random, partitionsOf }, wanted, done) {
    const { topic, records, partition, headers } = wanted
    const keyOf = keyChoice(wanted.keys, random.fork(`keys of ${topic} from ${recorder.sent.length}`))
    const nextBytes = valueSize(
      wanted.value ?? valueBytesDefault,
      random.fork(`sizes of ${topic} from ${recorder.sent.length}`),
    )
    const burst = wanted.rate === undefined ? records : (wanted.burst ?? 1)
    const intervalMs = wanted.rate === undefined ? 0 : (burst * 1000) / wanted.rate
    const startMs = clock.nowMs()
    let sent = 0
    const turn = (): void => {
      for (const until = Math.min(sent + burst, records); sent < until; sent++) {
        subject.send({
          topic,
          key: keyOf(sent),
          partition: partition === 'round-robin' ? sent % partitionsOf(topic) : partition,
          headers,
          valueBytes: nextBytes(),
        })
      }
      // From the start, not from now: in real time a late turn must not slow down the whole load.
      if (sent < records) clock.wakeAt(startMs + (sent / burst) * intervalMs, turn)
      else done()
    }
    turn()
  },
}
