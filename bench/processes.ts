import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'

/** A command, and what its environment has besides ours. */
export interface Command {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const hasTaskset = spawnSync('taskset', ['--version']).status === 0

/** Whether producer and sink get a core each; otherwise the numbers are those of a shared machine. */
export const canPin = hasTaskset && availableParallelism() >= 2

/** Starts a command on one core, where that is possible. */
function start(command: Command, core: number): ChildProcess {
  const [file = '', ...args] = canPin ? ['taskset', '-c', `${core}`, ...command.argv] : command.argv
  return spawn(file, args, { env: { ...process.env, ...command.env }, stdio: ['pipe', 'pipe', 'inherit'] })
}

/** Runs to its end; its last line of JSON. Rejects when it fails, or takes longer than `timeoutMs`. */
export function runForJson<T>(command: Command, core: number, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = start(command, core)
    child.stdin?.end()
    let last = ''
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) last = line
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (last !== '') resolve(JSON.parse(last) as T)
      else reject(new Error(`${command.argv.slice(0, 2).join(' ')} ended with ${signal ?? code} and no result`))
    })
  })
}

/** A server that prints where it is, and lives until `stop`. */
export interface Server {
  readonly bootstrap: string
  /** Milliseconds from the start of the process to its first line. */
  readonly startMs: number
  stop(): Promise<void>
}

export async function startServer(command: Command, core: number): Promise<Server> {
  const beganMs = performance.now()
  const child = start(command, core)
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const lines = createInterface({ input: child.stdout! })
  const first = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve)
    child.once('error', reject)
    void closed.then(() => reject(new Error(`${command.argv.slice(0, 2).join(' ')} ended before it listened`)))
  })
  const startMs = performance.now() - beganMs
  const { bootstrap } = JSON.parse(first) as { bootstrap: string }
  return {
    bootstrap,
    startMs,
    async stop() {
      child.stdin?.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
      await closed
      clearTimeout(timer)
    },
  }
}
