import { mustRun, runCommand } from '../command.ts'
import { Skip } from '../step.ts'
import type { ForeignClient, PlainRecord, ReadRecord } from './foreign-client.ts'

/** librdkafka with a command line. It joins key and value by a tab, and takes what is empty for null. */
export const kcat: ForeignClient = {
  id: 'kcat',
  name: 'kcat (librdkafka)',
  language: 'C',
  codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  canBeIdempotent: true,
  readsInGroups: true,

  async prepare() {
    const result = await runCommand('kcat', ['-V'])
    if (result === undefined) throw new Skip('kcat is not installed (Debian: apt-get install kcat)')
    const version = /Version (\S+)/.exec(result.stdout)?.[1]
    const library = /librdkafka (\S+)/.exec(result.stdout)?.[1]
    return `kcat ${version}, librdkafka ${library}`
  },

  async produce(job, records) {
    // Headers are an argument, so they are the same for all records of one call.
    for (const group of groupByHeaders(records)) {
      const headers = Object.entries(group[0]?.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}=${value}`])
      const args = ['-b', job.bootstrapServers, '-P', '-t', job.topic, '-K', '\t', '-Z', '-z', job.codec, ...headers]
      const properties = [`acks=${job.acks}`, `enable.idempotence=${job.idempotent}`, 'message.timeout.ms=20000']
      const stdin = group.map(({ key, value }) => `${key ?? ''}\t${value ?? ''}\n`).join('')
      await mustRun('kcat', [...args, ...properties.flatMap((each) => ['-X', each])], { stdin, timeoutMs: 40_000 })
    }
  },

  async consume(job, count) {
    const format = '%p\t%o\t%K\t%k\t%S\t%s\t%h\n'
    const { bootstrapServers, topic, group } = job
    const alone = ['-C', '-t', topic, '-o', 'beginning']
    const from = group === undefined ? alone : ['-G', group, '-X', 'auto.offset.reset=earliest']
    const args = ['-b', bootstrapServers, ...from, '-c', String(count), '-q']
    const text = await mustRun('kcat', [...args, '-f', format, ...(group === undefined ? [] : [topic])], {
      timeoutMs: 40_000,
    })
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map(parseLine)
  },
}

function groupByHeaders(records: readonly PlainRecord[]): PlainRecord[][] {
  const groups = new Map<string, PlainRecord[]>()
  for (const record of records) {
    const key = JSON.stringify(record.headers)
    groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return [...groups.values()]
}

function parseLine(line: string): ReadRecord {
  const [partition, offset, keyLength, key, valueLength, value, headers] = line.split('\t')
  const pairs = (headers ?? '').split(',').filter((pair) => pair !== '')
  return {
    partition: Number(partition),
    offset: Number(offset),
    key: keyLength === '-1' ? null : (key ?? ''),
    value: valueLength === '-1' ? null : (value ?? ''),
    headers: Object.fromEntries(pairs.map((pair) => pair.split('='))),
  }
}
