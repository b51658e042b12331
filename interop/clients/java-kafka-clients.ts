import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../cache-folder.ts'
import { mustRun, runCommand } from '../command.ts'
import { kafkaClasspath } from '../kafka/classpath.ts'
import type { KafkaVersion } from '../kafka/versions.ts'
import { Skip } from '../step.ts'
import { driverInput, driverOutput } from './driver-lines.ts'
import type { ForeignClient, PlainRecord } from './foreign-client.ts'

const source = fileURLToPath(new URL('drivers/KafkaClientsDriver.java', import.meta.url))

/** Apache's own client, the one that all others are measured by. */
export class JavaKafkaClients implements ForeignClient {
  readonly id: string
  readonly name: string
  readonly language = 'Java'
  readonly codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
  readonly canBeIdempotent = true
  readonly readsInGroups = false
  private readonly version: KafkaVersion
  private classpath = ''

  constructor(version: KafkaVersion) {
    this.version = version
    this.id = `java-${version}`
    this.name = `kafka-clients ${version}`
  }

  async prepare(): Promise<string> {
    const jars = await kafkaClasspath(this.version)
    const folder = cacheFolder('java', this.version)
    const compiled = await runCommand('javac', ['-cp', jars.join(delimiter), '-d', folder, source])
    if (compiled === undefined) throw new Skip('no javac on this machine')
    if (compiled.exitCode !== 0) throw new Error(compiled.stderr)
    this.classpath = [folder, ...jars].join(delimiter)
    return this.name
  }

  async produce(job: Parameters<ForeignClient['produce']>[0], records: readonly PlainRecord[]): Promise<void> {
    const args = [job.bootstrapServers, job.topic, job.acks, job.codec, String(job.idempotent)]
    await this.drive(['produce', ...args], driverInput(records))
  }

  async consume(job: Parameters<ForeignClient['consume']>[0], count: number) {
    return driverOutput(await this.drive(['consume', job.bootstrapServers, job.topic, String(count)]))
  }

  /** Where the default partitioner puts these keys. */
  async partitionsOf(keys: readonly string[], partitions: number): Promise<number[]> {
    const input = driverInput(keys.map((key) => ({ key, value: null, headers: {} })))
    const output = await this.drive(['partitions', String(partitions)], input)
    return output.trim().split('\n').map(Number)
  }

  private drive(args: readonly string[], stdin = ''): Promise<string> {
    const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', this.classpath]
    const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'
    return mustRun('java', [...options, quiet, 'KafkaClientsDriver', ...args], { stdin, timeoutMs: 60_000 })
  }
}
