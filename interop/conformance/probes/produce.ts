import type { Probe } from '../probe.ts'
import { everyProduce, one } from './ranges.ts'
import { deleteTopic, learnTopic, makeTopic } from './remade-topic.ts'

const poisoned = { records: 1, header: { magic: 3 } } as const
const wrongChecksum = { records: 1, header: { crc: 1 } } as const

/** P: Produce, as far as it concerns the whole request. */
export const produceProbes: readonly Probe[] = [
  {
    row: 'P1',
    name: 'transactional batch without a transactional id',
    versions: everyProduce,
    steps: [
      {
        produce: [
          { records: { producer: { id: 7000, sequence: 0 }, isTransactional: true } },
          { partition: 1, records: one },
        ],
      },
    ],
  },
  {
    row: 'P1',
    name: 'the same with acks 0',
    versions: everyProduce,
    steps: [{ produce: [{ records: { producer: { id: 7000, sequence: 0 }, isTransactional: true } }], acks: 0 }],
  },
  {
    row: 'P3',
    name: 'an impossible magic poisons its neighbours',
    versions: everyProduce,
    steps: [{ produce: [{ records: poisoned }, { partition: 1, records: one }] }],
  },
  {
    row: 'P3',
    name: 'wherever it stands',
    versions: everyProduce,
    steps: [{ produce: [{ records: one }, { partition: 1, records: poisoned }] }],
  },
  {
    row: 'P3',
    name: 'a negative magic',
    versions: everyProduce,
    steps: [{ produce: [{ records: { header: { magic: -1 } } }, { partition: 1, records: one }] }],
  },
  {
    row: 'P3',
    name: 'a batch length of 13',
    versions: everyProduce,
    steps: [{ produce: [{ records: { header: { batchLength: 13 } } }, { partition: 1, records: one }] }],
  },
  {
    row: 'P3',
    name: 'with acks 0',
    versions: everyProduce,
    steps: [{ produce: [{ records: poisoned }], acks: 0 }],
  },
  ...[2, -2, 100].map((acks): Probe => {
    return { row: 'P4', name: `acks ${acks}`, versions: everyProduce, steps: [{ produce: [{ records: one }], acks }] }
  }),
  {
    row: 'P4',
    name: 'acks 2 with an unknown topic and a batch that is none',
    versions: everyProduce,
    steps: [
      {
        produce: [{ topic: 'unknown', records: one }, { records: one }, { partition: 1, records: 'nothing' }],
        acks: 2,
      },
    ],
  },
  {
    row: 'P5',
    name: 'null records',
    versions: everyProduce,
    // Kafka fails without noticing and never answers again on this connection.
    steps: [{ produce: [{ records: null }], pipelined: true }, { silentForMs: 300 }],
  },
  {
    row: 'P6',
    name: 'the same partition twice',
    versions: everyProduce,
    steps: [{ produce: [{ records: { records: 2 } }, { records: one }] }, { produce: [{ records: one }] }],
  },
  {
    row: 'P7',
    name: 'acks 0 is not answered and does not disturb',
    versions: everyProduce,
    steps: [
      { produce: [{ records: one }], acks: 0 },
      { produce: [{ records: { records: 3 } }], acks: 0 },
      { produce: [{ records: one }], acks: 1 },
    ],
  },
  {
    row: 'P8',
    name: 'acks 0 and an unknown partition',
    versions: everyProduce,
    steps: [{ produce: [{ topic: 'unknown', records: one }, { records: one }], acks: 0 }],
  },
  {
    row: 'P8',
    name: 'acks 0 and a wrong checksum: the neighbour is kept',
    versions: everyProduce,
    steps: [
      { produce: [{ records: one }, { partition: 1, records: wrongChecksum }], acks: 0, on: 'first' },
      // The broker may still be at it when another connection asks.
      { silentForMs: 100, on: 'second' },
      { produce: [{ records: one }], on: 'second' },
    ],
  },
  {
    row: 'P11',
    name: 'unknown topic',
    versions: everyProduce,
    steps: [{ produce: [{ topic: 'unknown', records: one }] }],
  },
  {
    row: 'P11',
    name: 'no topic at all',
    versions: everyProduce,
    steps: [{ produce: [] }],
  },
  {
    row: 'P11',
    name: 'the zero id and a batch that is none',
    versions: { min: 13, max: 13 },
    steps: [{ produce: [{ topic: 'unknown', records: 'nothing' }] }],
  },
  {
    row: 'P12',
    name: 'a topic that was deleted and made again',
    versions: everyProduce,
    steps: [
      ...makeTopic,
      learnTopic,
      { produce: [{ topic: 'remade', records: one }] },
      ...deleteTopic,
      { produce: [{ topic: 'remade', records: one }] },
      ...makeTopic,
      { produce: [{ topic: 'remade', records: one }] },
      learnTopic,
      { produce: [{ topic: 'remade', records: one }] },
      ...deleteTopic,
    ],
  },
]
