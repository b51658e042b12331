import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../cache-folder.ts'
import { mustRun, runCommand } from '../command.ts'
import { lastLine, Skip } from '../step.ts'
import { DriverClient } from './driver-client.ts'
import type { CodecName } from './foreign-client.ts'

export interface PythonPackage {
  /** As pip knows it, with the version that was tried. */
  readonly requirement: string
  readonly driver: string
  readonly codecs: readonly CodecName[]
  readonly acksZeroDefect?: string
  /** Packages that it needs for codecs. */
  readonly extras?: readonly string[]
}

/** A client from PyPI, in a virtual environment of its own. */
export class PythonClient extends DriverClient {
  readonly id: string
  readonly name: string
  readonly language = 'Python'
  readonly codecs: readonly CodecName[]
  readonly acksZeroDefect: string
  private readonly options: PythonPackage
  private python = ''

  constructor(options: PythonPackage) {
    super()
    this.options = options
    this.name = options.requirement.replace('==', ' ')
    this.id = this.name.replace(' ', '-')
    this.codecs = options.codecs
    this.acksZeroDefect = options.acksZeroDefect ?? ''
  }

  async prepare(): Promise<string> {
    const folder = join(cacheFolder('python'), this.id)
    this.python = join(folder, 'bin', 'python')
    const installed = join(folder, 'installed')
    if (existsSync(installed)) return this.name
    const made = await runCommand('python3', ['-m', 'venv', folder])
    if (made === undefined) throw new Skip('no python3 on this machine')
    if (made.exitCode !== 0) throw new Skip(`python3 -m venv: ${lastLine(made.stdout + made.stderr)}`)
    const wanted = [this.options.requirement, ...(this.options.extras ?? [])]
    const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--only-binary', ':all:', ...wanted]
    const result = await runCommand(this.python, pip, { timeoutMs: 90_000 })
    if (result?.exitCode !== 0) throw new Skip(`pip could not install it: ${lastLine(result?.stderr ?? '')}`)
    await mustRun('touch', [installed])
    return this.name
  }

  protected drive(args: readonly string[], stdin = ''): Promise<string> {
    const driver = fileURLToPath(new URL(`drivers/${this.options.driver}`, import.meta.url))
    return mustRun(this.python, [driver, ...args], { stdin, timeoutMs: 60_000 })
  }
}
