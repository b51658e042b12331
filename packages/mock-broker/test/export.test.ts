import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { metadata } from '@harrow/protocol'
import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { MockCluster } from '../src/index.ts'
import { batchOf, Simulation } from './simulated.ts'

/** Wireshark without its window. Where it is not installed, the test says so and checks nothing. */
const isInstalled = spawnSync('tshark', ['-v']).status === 0

test('pcapng: tshark reads requests and answers of a run, and finds no packet malformed', async ({ annotate }) => {
  if (!isInstalled) return void (await annotate('skipped: tshark is not installed (Debian: apt-get install tshark)'))
  await using cluster = await MockCluster.start({ brokers: 2, topics: { orders: 2 } })
  cluster.fault({ name: 'lose the ack', on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } })
  const kafka = new Kafka({
    clientId: 'shop',
    brokers: cluster.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 10 },
  })
  const producer = kafka.producer()
  await producer.connect()
  // Larger than one packet.
  await producer.send({ topic: 'orders', messages: [{ partition: 0, value: 'x'.repeat(100_000) }] })
  await producer.send({ topic: 'orders', messages: [{ partition: 1, value: 'small' }] })
  await producer.disconnect()

  const ports = cluster.brokers.map(({ port }) => port)
  const lines = tshark(cluster.exportPcapng(), ports, [
    ['tcp.srcport', 'tcp.dstport', 'kafka.api_key', 'kafka.request_frame', 'kafka.api_version'],
    ['_ws.malformed', '_ws.expert.group', 'tcp.analysis.flags', 'frame.comment', 'tcp.flags.str'],
  ])
  const fields = lines.map((line) => line.split('\t'))
  const column = (index: number) => fields.map((row) => row[index] ?? '').filter((text) => text !== '')
  const expected = cluster.requests.filter(() => true)
  expect(column(2).flatMap((keys) => keys.split(','))).toEqual(expect.arrayContaining(['0', '3', '18']))
  // Every request that was answered is paired with its answer by the dissector.
  expect(column(3)).toHaveLength(expected.filter(({ answeredAtMs }) => answeredAtMs !== undefined).length)
  expect(column(5)).toEqual([])
  expect(column(7)).toEqual([])
  expect(column(8)).toEqual(['fault "lose the ack": disconnect'])
  expect(column(9).filter((flags) => flags.includes('R'))).toHaveLength(1)
  expect(ports).toEqual(expect.arrayContaining([Number(fields[0]?.[1])]))
})

test('pcapng: a simulated run reads the same', async ({ annotate }) => {
  if (!isInstalled) return void (await annotate('skipped: tshark is not installed (Debian: apt-get install tshark)'))
  const sim = new Simulation({ brokers: 2, topics: { orders: 1 }, ports: [9092, 9093] })
  const client = sim.client()
  sim.ask(metadata, 9, { topics: [{ name: 'orders' }] }, { client })
  // The latest Produce that the dissector of Wireshark 4.0 knows: later ones it calls malformed.
  sim.produce(batchOf(3), { client, version: 8 })
  client.link.close('fin')
  sim.run(5)
  const lines = tshark(
    sim.cluster.exportPcapng(),
    [9092, 9093],
    [['frame.time_epoch', 'ip.src', 'kafka.api_key', '_ws.malformed', 'tcp.analysis.flags']],
  )
  const fields = lines.map((line) => line.split('\t'))
  expect(fields.flatMap((row) => row[2] || [])).toEqual(['3', '3', '0', '0'])
  expect(fields.flatMap((row) => [row[3] || [], row[4] || []].flat())).toEqual([])
  expect(Math.floor(Number(fields[0]?.[0]))).toBe(1_767_225_600)
})

test('pcapng: what came after the capture was full is left out, and the file says so', () => {
  const sim = new Simulation({ topics: { orders: 1 }, captureBytesMax: 500 })
  for (let i = 0; i < 10; i++) sim.produce(batchOf(1))
  const file = sim.cluster.exportPcapng()
  expect(file.length).toBeLessThan(3000)
  expect(new TextDecoder('latin1').decode(file)).toMatch(/the capture was full \(captureBytesMax\): \d+ bytes/)
})

test('pcapng: shows the bytes as they came, not as the log has them now', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  const batch = batchOf([{ value: 'v' }])
  for (let i = 0; i < 2; i++) sim.produce(batch.slice())
  expect(occurrences(sim.cluster.exportPcapng(), batch)).toBe(2)
})

test('pcapng: without a capture it refuses, and says what to do', () => {
  const sim = new Simulation({ topics: { orders: 1 }, captureBytesMax: 0 })
  sim.produce(batchOf(1))
  expect(() => sim.cluster.exportPcapng()).toThrow('captureBytesMax is 0')
})

test('json lines: a line for the cluster and one for every event, with bodies', () => {
  const sim = new Simulation({ topics: { orders: 1 } })
  sim.produce(batchOf([{ key: 'k', value: 'v' }]))
  const lines = sim.cluster
    .exportJsonLines()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines[0]).toMatchObject({ event: 'run', clusterId: sim.cluster.clusterId, eventsDropped: 0 })
  expect(lines.slice(1).map(({ event }) => event)).toEqual(sim.events.map(({ event }) => event))
  const find = (event: string) => lines.find((line) => line.event === event)
  expect(find('request-received')).toMatchObject({
    api: 'Produce',
    body: { acks: -1, topicData: [{ name: 'orders' }] },
  })
  expect(find('request-answered')).toMatchObject({
    answer: { responses: [{ partitionResponses: [{ errorCode: 0, baseOffset: 0 }] }] },
  })
  expect(find('batch-appended')).toMatchObject({ baseOffset: 0, producerId: -1 })
})

test('json lines: a journal with holes leaves out bodies, not events', () => {
  const sim = new Simulation({ topics: { orders: 1 }, journalEntriesMax: 1 })
  for (let i = 0; i < 3; i++) sim.produce(batchOf(1))
  const lines = sim.cluster
    .exportJsonLines()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const received = lines.filter(({ event }) => event === 'request-received')
  expect(received.map(({ body }) => body !== undefined)).toEqual([false, false, true])
})

function tshark(file: Uint8Array, ports: readonly number[], fields: readonly (readonly string[])[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'harrow-pcapng-'))
  try {
    const path = join(folder, 'run.pcapng')
    writeFileSync(path, file)
    const args = ['-r', path, ...ports.flatMap((port) => ['-d', `tcp.port==${port},kafka`]), '-T', 'fields']
    const { stdout, stderr, status } = spawnSync('tshark', [...args, ...fields.flat().flatMap((one) => ['-e', one])], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    return stdout.split('\n').filter((line) => line !== '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function occurrences(bytes: Uint8Array, part: Uint8Array): number {
  const text = (some: Uint8Array) => new TextDecoder('latin1').decode(some)
  return text(bytes).split(text(part)).length - 1
}
