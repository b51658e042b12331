import { setTimeout as sleep } from 'node:timers/promises'
import { MockCluster } from '@harrow/mock-broker'
import { kafkaVersions } from '../kafka/versions.ts'
import type { Part } from '../part.ts'
import { readResults, writeResults } from '../results/results.ts'
import { Skip } from '../step.ts'
import type { ClientResult, ClientResults } from './clients-section.ts'
import type { CodecName, ForeignClient, PlainRecord, ProduceJob } from './foreign-client.ts'
import { foreignClients } from './index.ts'
import { sampleRecords } from './sample-records.ts'
import { judgeWithVerifiableConsumer } from './verifiable-consumer.ts'
import { judgeWithVerifiableProducer } from './verifiable-producer.ts'

/** Kafka's own, for tests of Kafka. */
const verifiableTools = [
  ['VerifiableProducer', judgeWithVerifiableProducer],
  ['VerifiableConsumer', judgeWithVerifiableConsumer],
] as const

/** Lets everybody else's clients loose on the mock, over TCP, as they come. */
export const clientsPart: Part = {
  name: 'clients',
  about: 'unmodified clients produce to the mock and read back',
  async run(run) {
    // One that was changed, without the others: `HARROW_INTEROP_CLIENT=kcat`.
    const { HARROW_INTEROP_CLIENT: only } = process.env
    const results: ClientResult[] = []
    for (const client of foreignClients) {
      if (only !== undefined && client.id !== only) continue
      const version = await run.step(`${client.name} is there`, () => client.prepare())
      if (version === undefined) continue
      const outcomes: [what: string, outcome: string][] = []
      for (const job of jobsOf(client)) {
        const what = `acks ${job.acks}, ${job.codec}${job.idempotent ? ', idempotent' : ''}`
        if (job.acks === '0' && client.acksZeroDefect) {
          outcomes.push([what, client.acksZeroDefect])
          await run.step(`${client.name}: ${what}`, () => Promise.reject(new Skip(client.acksZeroDefect)))
          continue
        }
        const held = await run.step(`${client.name}: ${what}`, () => roundTrip(client, job))
        outcomes.push([what, held ?? 'FAILED'])
      }
      if (client.readsInGroups) {
        const held = await run.step(`${client.name}: in a group`, () => readInGroup(client))
        outcomes.push(['in a group', held ?? 'FAILED'])
      }
      results.push({ id: client.id, client: version, language: client.language, outcomes })
    }
    if (only !== undefined) {
      if (results.length === 0) throw new Error(`no client ${only}: ${foreignClients.map(({ id }) => id).join(', ')}`)
      if (run.refresh) writeResults('clients', withResults(readResults().clients, results))
      return
    }
    const verified: [tool: string, outcome: string][] = []
    for (const [name, judge] of verifiableTools) {
      for (const version of kafkaVersions) {
        const tool = `${name} ${version}`
        const shown = await run.step(tool, () => judge(version))
        verified.push([tool, shown ?? 'FAILED'])
      }
    }
    if (run.refresh) writeResults('clients', { clients: results, verified })
  },
}

/** What is known already, with those that were asked again, in the order of all clients. */
function withResults(known: ClientResults | undefined, asked: readonly ClientResult[]): ClientResults {
  const { clients = [], verified = [] } = known ?? {}
  const found = new Map([...clients, ...asked].map((result) => [result.id, result]))
  return { clients: foreignClients.flatMap(({ id }) => found.get(id) ?? []), verified }
}

const allAcks = ['0', '1', 'all'] as const

type Job = Pick<ProduceJob, 'acks' | 'codec' | 'idempotent'>

function jobsOf(client: ForeignClient): Job[] {
  const plain = (acks: Job['acks'], codec: CodecName = 'none'): Job => ({ acks, codec, idempotent: false })
  const best = client.codecs.map((codec): Job => ({ acks: 'all', codec, idempotent: client.canBeIdempotent }))
  const others = (client.acks ?? allAcks).filter((acks) => acks !== 'all' || client.canBeIdempotent)
  return [...others.map((acks) => plain(acks)), ...best]
}

/** Produces, looks into the log, and reads back with the same client. Says what was shown. */
async function roundTrip(client: ForeignClient, job: Job): Promise<string> {
  await using cluster = await MockCluster.start({ brokers: 3, topics: { interop: 3 }, autoCreateTopics: false })
  const at = { bootstrapServers: cluster.bootstrapServers, topic: 'interop' }
  await client.produce({ ...at, ...job }, sampleRecords)
  const stored = () => cluster.records('interop')
  // Without acknowledgements the client may be gone before the broker has read everything.
  for (let waits = 0; job.acks === '0' && stored().length < sampleRecords.length && waits < 100; waits++)
    await sleep(50)
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString())
  const inTheLog = stored().map(({ key, value, headers }): PlainRecord => {
    const pairs = headers.map((header) => [header.key, text(header.value) ?? ''])
    return { key: text(key), value: text(value), headers: Object.fromEntries(pairs) }
  })
  mustBeTheSame(inTheLog, 'in the log')
  if (job.idempotent && stored().some(({ producerId }) => producerId < 0n)) throw new Error('no producer id in the log')
  if (cluster.findings.length > 0) throw new Error(`a finding: ${cluster.findings[0]?.message}`)
  mustBeTheSame(await client.consume(at, sampleRecords.length), 'read back')
  return 'written and read back'
}

/** Reads as the member of a group, twice: the second time it has to go on where it had committed. */
async function readInGroup(client: ForeignClient): Promise<string> {
  await using cluster = await MockCluster.start({ brokers: 3, topics: { interop: 3 }, autoCreateTopics: false })
  const at = { bootstrapServers: cluster.bootstrapServers, topic: 'interop' }
  const seen = new Set<string>()
  for (const round of [1, 2]) {
    await client.produce({ ...at, acks: 'all', codec: 'none', idempotent: client.canBeIdempotent }, sampleRecords)
    const read = await client.consume({ ...at, group: 'readers' }, sampleRecords.length)
    mustBeTheSame(read, `read in round ${round}`)
    for (const { partition, offset } of read) seen.add(`${partition} ${offset}`)
  }
  if (seen.size !== 2 * sampleRecords.length) throw new Error(`${seen.size} different records in two rounds`)
  const states = cluster.events.of('group-state').map(({ state }) => state)
  if (!states.includes('Stable')) throw new Error('no group was ever stable')
  if (cluster.findings.length > 0) throw new Error(`a finding: ${cluster.findings[0]?.message}`)
  return 'joined, read, committed, and went on from there'
}

function mustBeTheSame(records: readonly PlainRecord[], where: string): void {
  const lines = (list: readonly PlainRecord[]) =>
    list.map(({ key, value, headers }) => JSON.stringify([key, value?.slice(0, 60), value?.length, headers])).sort()
  const found = lines(records)
  const wanted = lines(sampleRecords)
  const missing = wanted.filter((line) => !found.includes(line))
  if (found.length !== wanted.length || missing.length > 0) {
    throw new Error(`${found.length} records ${where}, missing ${missing.join(' ') || 'nothing'}`)
  }
}
