import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../cache-folder.ts'
import { mustRun, runCommand } from '../command.ts'
import { lastLine, Skip } from '../step.ts'
import { DriverClient } from './driver-client.ts'
import type { CodecName } from './foreign-client.ts'

const folder = fileURLToPath(new URL('drivers/go/', import.meta.url))

export interface GoModule {
  /** As in `drivers/go/go.mod`, which says the version. */
  readonly module: string
  /** The driver: a folder in `drivers/go/`. */
  readonly driver: string
  readonly canBeIdempotent: boolean
  readonly readsInGroups: boolean
}

/** A client from the Go module proxy. */
export class GoClient extends DriverClient {
  readonly id: string
  readonly name: string
  readonly language = 'Go'
  readonly codecs: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
  override readonly canBeIdempotent: boolean
  override readonly readsInGroups: boolean
  private readonly driver: string
  private readonly program: string

  constructor({ module, driver, canBeIdempotent, readsInGroups }: GoModule) {
    super()
    const version = new RegExp(`^\\s${module} v(\\S+)`, 'm').exec(readFileSync(join(folder, 'go.mod'), 'utf8'))?.[1]
    if (version === undefined) throw new Error(`go.mod has no ${module}`)
    this.name = `${module.replace('github.com/', '')} ${version}`
    this.id = this.name.replaceAll(/[/ ]/g, '-').toLowerCase()
    this.canBeIdempotent = canBeIdempotent
    this.readsInGroups = readsInGroups
    this.driver = driver
    this.program = join(cacheFolder('go'), driver)
  }

  async prepare(): Promise<string> {
    const args = ['build', '-mod=readonly', '-o', this.program, `./${this.driver}`]
    const built = await runCommand('go', args, { folder, timeoutMs: 240_000 })
    if (built === undefined) throw new Skip('no go on this machine')
    if (built.exitCode !== 0) throw new Skip(`go build: ${lastLine(built.stderr)}`)
    return this.name
  }

  protected drive(args: readonly string[], stdin = ''): Promise<string> {
    return mustRun(this.program, args, { stdin, timeoutMs: 60_000 })
  }
}
