import { existsSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../cache-folder.ts'
import { mustRun, runCommand } from '../command.ts'
import { lastLine, Skip } from '../step.ts'
import { DriverClient } from './driver-client.ts'

const version = '3.6.1'
export const rdkafkaDriver = fileURLToPath(new URL('drivers/node_rdkafka_driver.mjs', import.meta.url))

/** librdkafka in Node: compiled here against the system's librdkafka, since what npm has is source only. */
export class NodeRdkafka extends DriverClient {
  readonly id = `node-rdkafka-${version}`
  readonly name = `node-rdkafka ${version}`
  readonly language = 'JavaScript, C++'
  readonly codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
  override readonly readsInGroups = true
  private readonly folder = cacheFolder('node-rdkafka-system', version)

  async prepare(): Promise<string> {
    const built = join(this.folder, 'node_modules/node-rdkafka/build/Release/node-librdkafka.node')
    if (!existsSync(built)) await this.build(built)
    return `${this.name}, librdkafka ${(await this.drive(['version'])).trim()}`
  }

  protected drive(args: readonly string[], stdin = ''): Promise<string> {
    return mustRun(process.execPath, [rdkafkaDriver, 'node-rdkafka', ...args], {
      folder: this.folder,
      stdin,
      timeoutMs: 60_000,
    })
  }

  private async build(built: string): Promise<void> {
    if ((await runCommand('g++', ['--version'])) === undefined) throw new Skip('no C++ compiler on this machine')
    const nodeFolder = dirname(dirname(realpathSync(process.execPath)))
    if (!existsSync(join(nodeFolder, 'include/node/node.h'))) throw new Skip(`no headers of Node in ${nodeFolder}`)
    writeFileSync(join(this.folder, 'package.json'), '{ "private": true }\n')
    const environment = { BUILD_LIBRDKAFKA: '0', npm_config_nodedir: nodeFolder, npm_config_ignore_scripts: 'false' }
    const options = { folder: this.folder, environment, timeoutMs: 400_000 }
    const result = await runCommand('npm', ['install', '--foreground-scripts', `node-rdkafka@${version}`], options)
    if (result === undefined) throw new Skip('no npm on this machine')
    if (!existsSync(built))
      throw new Skip(`it could not be compiled (Debian: librdkafka-dev): ${lastLine(result.stdout + result.stderr)}`)
  }
}
