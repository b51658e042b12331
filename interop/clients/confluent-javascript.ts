import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bindingFolder } from '../../bench/peers.ts'
import { mustRun } from '../command.ts'
import { Skip } from '../step.ts'
import { DriverClient } from './driver-client.ts'
import { rdkafkaDriver } from './node-rdkafka.ts'

const module = '@confluentinc/kafka-javascript'

/** Confluent's binding of librdkafka, with the one that it brings. Building it takes minutes: as the bench built it, or not. */
export class ConfluentJavascript extends DriverClient {
  readonly id = 'confluent-javascript'
  readonly name = module
  readonly language = 'JavaScript, C++'
  /** Its librdkafka has zstd only where its headers were when it was built. */
  readonly codecs = ['none', 'gzip', 'snappy', 'lz4'] as const
  override readonly readsInGroups = true
  private readonly folder = bindingFolder(module)

  async prepare(): Promise<string> {
    const folder = join(this.folder, 'node_modules', module)
    if (!existsSync(join(folder, 'build'))) throw new Skip('it is not built here: `pnpm bench --install` does')
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return `${module} ${version}, librdkafka ${(await this.drive(['version'])).trim()}`
  }

  protected drive(args: readonly string[], stdin = ''): Promise<string> {
    return mustRun(process.execPath, [rdkafkaDriver, module, ...args], {
      folder: this.folder,
      stdin,
      timeoutMs: 60_000,
    })
  }
}
