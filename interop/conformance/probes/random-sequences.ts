import { seededRandom } from '@harrow/runtime'
import type { BatchSpec, Probe } from '../probe.ts'

/** So many sequences are compared. Each is the same in every run: only its number decides. */
const sequences = 60
const stepsPerSequence = 12

/**
 * Good and damaged batches of one producer id in no particular order: what nobody thought of. Mostly near the state
 * that the broker should be in, because far from it everything is refused alike.
 */
export const randomSequenceProbes: readonly Probe[] = Array.from({ length: sequences }, (_, number): Probe => {
  const random = seededRandom(number + 1).fork('conformance sequence')
  let next = random.below(4) === 0 ? 2_147_483_640 : random.below(3)
  let epoch = 0
  const sent: { sequence: number; epoch: number; records: number }[] = []
  const steps = Array.from({ length: stepsPerSequence }, () => {
    let records = 1 + random.below(3)
    let sequence = next
    const choice = random.below(10)
    const old = sent[random.below(Math.max(1, sent.length))]
    if (choice === 0 && old !== undefined) ({ sequence, epoch, records } = old)
    else if (choice === 1 && old !== undefined) sequence = old.sequence
    else if (choice === 2) sequence = wrapped(next + 1 + random.below(3))
    else if (choice === 3) {
      epoch += 1 + random.below(2)
      sequence = random.below(3) === 0 ? next : 0
    } else if (choice === 4) epoch = Math.max(0, epoch - 1)
    const header: BatchSpec['header'] = choice === 5 ? { crc: 1 } : choice === 6 ? { lastOffsetDelta: 9 } : undefined
    if (header === undefined) {
      sent.push({ sequence, epoch, records })
      next = wrapped(sequence + records)
    }
    const producer = { id: 9000, epoch, sequence }
    return { produce: [{ records: { records, producer, ...(header && { header }) } }] }
  })
  return { row: 'random', name: `sequence ${number + 1}`, versions: { min: 9, max: 9 }, steps }
})

function wrapped(sequence: number): number {
  return sequence % 2 ** 31
}
