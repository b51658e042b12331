import type { BatchSpec, Probe } from '../probe.ts'
import { everyProduce } from './ranges.ts'

interface Write {
  readonly at: number
  readonly epoch?: number
  readonly records?: number
  readonly id?: number
  readonly damage?: BatchSpec['header']
}

const last = 2_147_483_647

/** Batches of one idempotent producer, one after another, to one partition. */
function sequence(
  row: string,
  name: string,
  writes: readonly Write[],
  versions = everyProduce as Probe['versions'],
): Probe {
  return {
    row,
    name,
    versions,
    steps: writes.map(({ at, epoch = 0, records = 1, id = 8000, damage }) => ({
      produce: [{ records: { records, producer: { id, epoch, sequence: at }, ...(damage && { header: damage }) } }],
    })),
  }
}

const five = [0, 1, 2, 3, 4].map((at) => ({ at }))

/** B26 to B34: what the broker remembers of a producer. */
export const sequenceProbes: readonly Probe[] = [
  sequence('B26', 'the same batch again', [{ at: 0, records: 3 }, { at: 0, records: 3 }, { at: 3 }]),
  sequence('B26', 'the oldest of five', [...five, { at: 0 }, { at: 5 }]),
  sequence('B26', 'the newest of five', [...five, { at: 4 }]),
  sequence('B27', 'the sixth back', [...five, { at: 5 }, { at: 0 }]),
  sequence('B27', 'the front part of a batch', [
    { at: 0, records: 4 },
    { at: 0, records: 2 },
  ]),
  sequence('B27', 'the back part of a batch', [
    { at: 0, records: 4 },
    { at: 2, records: 2 },
  ]),
  sequence('B27', 'two batches as one', [
    { at: 0, records: 2 },
    { at: 2, records: 2 },
    { at: 0, records: 4 },
  ]),
  sequence('B28', 'an epoch that is over', [
    { at: 0, epoch: 2 },
    { at: 1, epoch: 1 },
    { at: 0, epoch: 1 },
    { at: 1, epoch: 2 },
  ]),
  sequence('B28', 'a batch known from the old epoch', [
    { at: 0, epoch: 0 },
    { at: 0, epoch: 1 },
    { at: 0, epoch: 0 },
  ]),
  sequence('B29', 'a newer epoch from zero', [{ at: 0 }, { at: 0, epoch: 1 }, { at: 0, epoch: 30_000 }]),
  sequence('B30', 'a newer epoch not from zero', [{ at: 0 }, { at: 1, epoch: 1 }, { at: 1 }]),
  sequence('B31', 'one after another', [{ at: 0, records: 3 }, { at: 3, records: 2 }, { at: 5 }]),
  sequence('B31', 'over the end of the numbers', [{ at: last }, { at: 0 }, { at: 1 }]),
  sequence('B31', 'over the end inside a batch', [
    { at: last - 1, records: 4 },
    { at: 2 },
    { at: last - 1, records: 4 },
  ]),
  sequence('B32', 'a gap', [{ at: 0 }, { at: 2 }, { at: 1 }]),
  sequence('B32', 'a rewind', [{ at: 5 }, { at: 6 }, { at: 3 }]),
  sequence('B32', 'back to zero', [{ at: 5 }, { at: 6 }, { at: 7 }, { at: 0 }]),
  sequence('B33', 'any sequence starts', [{ at: 42 }, { at: 43 }]),
  sequence('B33', 'any epoch starts', [
    { at: 42, epoch: 9 },
    { at: 43, epoch: 9 },
  ]),
  sequence('B33', 'producers do not disturb each other', [
    { at: 3 },
    { at: 0, id: 8001 },
    { at: 4 },
    { at: 1, id: 8001 },
  ]),
  sequence('B34', 'a refused batch leaves its number free', [
    { at: 0 },
    { at: 1, damage: { crc: 5 } },
    { at: 1, records: 2 },
    { at: 3 },
  ]),
  sequence('B34', 'a refused first batch leaves no state', [{ at: 5, damage: { recordCount: 7 } }, { at: 0 }]),
  sequence('B34', 'a refused batch of a newer epoch does not start it', [
    { at: 0 },
    { at: 0, epoch: 1, damage: { crc: 5 } },
    { at: 1 },
  ]),
]
