import { MockCluster } from '@harrow/mock-broker'
import fc from 'fast-check'
import { Player, type Target } from './player.ts'
import type { BatchSpec, HeaderField, Probe, ProduceStep } from './probe.ts'

/** So many sequences are tried; the rest of the partitions are for making one that fails smaller. */
const runs = 150
const partitions = 400

/** A batch of the producer under test, said relative to where its sequence stands, so that smaller ones still make sense. */
interface Draw {
  /** Added to the sequence that would be next. */
  readonly ahead: number
  readonly epochUp: number
  readonly records: number
  readonly damage: BatchSpec['header'] | undefined
  readonly codec: BatchSpec['codec'] | undefined
}

const damage: fc.Arbitrary<BatchSpec['header'] | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  fc
    .tuple(
      fc.constantFrom<HeaderField>('crc', 'lastOffsetDelta', 'recordCount', 'baseOffset', 'magic', 'producerId'),
      fc.integer({ min: -2, max: 9 }),
    )
    .map(([field, value]) => ({ [field]: value })),
)

const draw: fc.Arbitrary<Draw> = fc.record({
  ahead: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -8, max: 3 })),
  epochUp: fc.oneof({ weight: 7, arbitrary: fc.constant(0) }, fc.integer({ min: -1, max: 2 })),
  records: fc.integer({ min: 1, max: 4 }),
  damage,
  codec: fc.constantFrom(undefined, undefined, 'gzip', 'snappy', 'lz4'),
})

const start = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.integer({ min: 2 ** 31 - 9, max: 2 ** 31 - 1 }),
)

/** A sequence of good and damaged batches of one producer id, most of them near what the broker should expect. */
export const randomSequence: fc.Arbitrary<readonly ProduceStep[]> = fc
  .tuple(start, fc.array(draw, { minLength: 2, maxLength: 14 }))
  .map(([first, draws]) => {
    let next = first
    let epoch = 0
    return draws.map(({ ahead, epochUp, records, damage: header, codec }): ProduceStep => {
      epoch = Math.max(0, epoch + epochUp)
      // A new epoch starts at zero, unless the draw says otherwise.
      const sequence = wrapped((epochUp > 0 ? 0 : next) + ahead)
      if (header === undefined) next = wrapped(sequence + records)
      const producer = { id: 7000, epoch, sequence }
      return { produce: [{ records: { records, producer, ...(header && { header }), ...(codec && { codec }) } }] }
    })
  })

/** `2^31 - 1` is followed by 0. */
function wrapped(sequence: number): number {
  return (sequence + 2 ** 31) % 2 ** 31
}

/**
 * Lets fast-check look for a sequence of batches to which the real broker and the mock do not say the same; throws with
 * the smallest one found and the seed that finds it again. Returns how many agreed.
 */
export async function searchForDifference(real: Target, seed: number): Promise<number> {
  await using cluster = await MockCluster.start({ brokers: 1, autoCreateTopics: false, seed: 1 })
  const probe = (number: number, steps: readonly ProduceStep[]): Probe => {
    return { row: 'random', name: `fast-check ${number}`, versions: { min: 9, max: 9 }, steps }
  }
  // Fresh partitions are made in advance: one that was written to would carry its state into the next sequence.
  const places = Array.from({ length: partitions }, (_, number) => probe(number, [{ produce: [{ records: {} }] }]))
  const { host, port } = cluster.brokers[0]!
  const [reference, mock] = await Promise.all([Player.prepare(real, places), Player.prepare({ host, port }, places)])
  let used = 0
  const agrees = fc.asyncProperty(randomSequence, async (steps) => {
    fc.pre(used < partitions)
    const here = probe(used++, steps)
    const [theirs, ours] = await Promise.all([reference.play(here, 9), mock.play(here, 9)])
    if (JSON.stringify(theirs) === JSON.stringify(ours)) return
    const at = theirs.findIndex((each, index) => JSON.stringify(each) !== JSON.stringify(ours[index]))
    throw new Error(
      `answer ${at}: the real broker says ${JSON.stringify(theirs[at])}, the mock ${JSON.stringify(ours[at])}`,
    )
  })
  // Every attempt to make a sequence smaller needs a fresh partition too; it ends where they are used up.
  await fc.assert(agrees, { numRuns: runs, seed, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true })
  return used
}
