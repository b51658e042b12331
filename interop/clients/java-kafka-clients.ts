import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../cache-folder.ts'
import { mustRun, runCommand } from '../command.ts'
import { kafkaClasspath } from '../kafka/classpath.ts'
import type { KafkaVersion } from '../kafka/versions.ts'
import { Skip } from '../step.ts'
import { DriverClient } from './driver-client.ts'
import { driverInput } from './driver-lines.ts'

const source = fileURLToPath(new URL('drivers/KafkaClientsDriver.java', import.meta.url))

/** Apache's own client, the one that all others are measured by. */
export class JavaKafkaClients extends DriverClient {
  readonly id: string
  readonly name: string
  readonly language = 'Java'
  readonly codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
  override readonly readsInGroups = true
  private readonly version: KafkaVersion
  private classpath = ''

  constructor(version: KafkaVersion) {
    super()
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

  /** Where the default partitioner puts these keys. */
  async partitionsOf(keys: readonly string[], partitions: number): Promise<number[]> {
    const input = driverInput(keys.map((key) => ({ key, value: null, headers: {} })))
    const output = await this.drive(['partitions', String(partitions)], input)
    return output.trim().split('\n').map(Number)
  }

  /** The driver's command line, for whoever reads its output as it comes. */
  command(driverArgs: readonly string[]): { readonly program: string; readonly args: readonly string[] } {
    const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', this.classpath]
    const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'
    return { program: 'java', args: [...options, quiet, 'KafkaClientsDriver', ...driverArgs] }
  }

  protected drive(driverArgs: readonly string[], stdin = ''): Promise<string> {
    const { program, args } = this.command(driverArgs)
    return mustRun(program, args, { stdin, timeoutMs: 60_000 })
  }
}
