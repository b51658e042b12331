import type { Probe, ProduceStep } from '../probe.ts'
import { everyProduce, once, one } from './ranges.ts'

const good: ProduceStep = { produce: [{ records: one }] }

/** F: frames and connections, before any API looks at them. */
export const frameProbes: readonly Probe[] = [
  { row: 'F1', name: 'negative length', versions: once, steps: [{ bytes: 'ffffffff' }] },
  { row: 'F1', name: 'length over 100 MiB', versions: once, steps: [{ bytes: '06400001' }] },
  { row: 'F1', name: 'a TLS greeting', versions: once, steps: [{ bytes: '1603010200010001fc0303' }] },
  { row: 'F1', name: 'length zero', versions: once, steps: [{ bytes: '00000000' }] },
  {
    row: 'F2',
    name: 'fewer bytes than the length says',
    versions: once,
    steps: [
      { bytes: '000000ff0012', on: 'half' },
      { silentForMs: 150, on: 'half' },
    ],
  },
  { row: 'F3', name: 'header cut short', versions: once, steps: [{ bytes: '00000003001200' }] },
  { row: 'F3', name: 'unknown API key', versions: once, steps: [{ bytes: '0000000a03e70000000000010000' }] },
  { row: 'F3', name: 'negative API key', versions: once, steps: [{ bytes: '0000000affff0000000000010000' }] },
  { row: 'F3', name: 'negative version', versions: once, steps: [{ bytes: '0000000a0003ffff000000010000' }] },
  { row: 'F3', name: 'Metadata v99', versions: once, steps: [{ bytes: '0000000a00030063000000010000' }] },
  {
    row: 'F3',
    name: 'Produce v2, which Kafka 4 removed',
    versions: once,
    steps: [{ bytes: '00000012000000020000000100000001000003e800000000' }],
  },
  {
    row: 'F4',
    name: 'body cut by a byte',
    versions: everyProduce,
    steps: [{ damaged: good, by: { cutBytes: 1 } }],
  },
  {
    row: 'F4',
    name: 'body cut in half',
    versions: everyProduce,
    steps: [{ damaged: good, by: { cutBytes: 50 } }],
  },
  {
    row: 'F4',
    name: 'more topics than bytes',
    versions: { min: 3, max: 8 },
    // Header with client id "probe" 15 bytes, null transactional id 2, acks 2, timeout 4: then the count.
    steps: [{ damaged: good, by: { at: 23, write: '00ffffff' } }],
  },
  {
    row: 'F4',
    name: 'null topics',
    versions: { min: 3, max: 8 },
    steps: [{ damaged: good, by: { at: 23, write: 'ffffffff' } }],
  },
  {
    row: 'F5',
    name: 'bytes left over',
    versions: everyProduce,
    steps: [{ damaged: good, by: { appendBytes: 5 } }],
  },
  {
    row: 'F6',
    name: 'pipelined requests are answered in order',
    versions: everyProduce,
    steps: [
      { ...good, pipelined: true },
      { ask: 'Metadata', version: 1, body: { topics: [] }, pipelined: true },
      { produce: [{ partition: 1, records: one }], pipelined: true },
      { ask: 'InitProducerId', version: 0, body: { transactionalId: null, transactionTimeoutMs: 1000 } },
    ],
  },
  { row: 'F7', name: 'no client id', versions: everyProduce, steps: [{ ...good, clientId: null }] },
]
