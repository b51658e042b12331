import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../cache-folder.ts'
import { mustRun, runCommand } from '../command.ts'
import { lastLine, Skip } from '../step.ts'
import { DriverClient } from './driver-client.ts'

const folder = fileURLToPath(new URL('drivers/rust/', import.meta.url))

/** The client from crates.io that is all Rust. It has acks=all only and no idempotent producer. */
export class Rskafka extends DriverClient {
  readonly id = 'rskafka-0.6.0'
  readonly name = 'rskafka 0.6.0'
  readonly language = 'Rust'
  readonly codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
  override readonly acks = ['all'] as const
  override readonly canBeIdempotent = false
  private readonly target = cacheFolder('rust')

  async prepare(): Promise<string> {
    const cargo = ['build', '--quiet', '--locked', '--target-dir', this.target]
    const built = await runCommand('cargo', cargo, { folder, timeoutMs: 300_000 })
    if (built === undefined) throw new Skip('no cargo on this machine')
    if (built.exitCode !== 0) throw new Skip(`cargo build: ${lastLine(built.stderr)}`)
    return this.name
  }

  protected drive(args: readonly string[], stdin = ''): Promise<string> {
    return mustRun(join(this.target, 'debug', 'rskafka-driver'), args, { stdin, timeoutMs: 60_000 })
  }
}
