import { fileURLToPath } from 'node:url'
import { mustRun } from '../command.ts'
import { DriverClient } from './driver-client.ts'
import type { CodecName } from './foreign-client.ts'
import { pythonEnvironment } from './python-environment.ts'

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
  override readonly readsInGroups = true
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
    this.python = await pythonEnvironment(this.id, [this.options.requirement, ...(this.options.extras ?? [])])
    return this.name
  }

  /** The one of its environment, once it is prepared. */
  get interpreter(): string {
    return this.python
  }

  protected drive(args: readonly string[], stdin = ''): Promise<string> {
    const driver = fileURLToPath(new URL(`drivers/${this.options.driver}`, import.meta.url))
    return mustRun(this.python, [driver, ...args], { stdin, timeoutMs: 60_000 })
  }
}
