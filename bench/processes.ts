import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

/** What a process has used since its start, by the operating system. */
export interface ProcessUse {
  /** User and system, in hundredths of a second as the kernel counts them. */
  readonly cpuSeconds: number
  readonly rssMiB: number
}

/** Of a process that lives; undefined where there is no `/proc`. */
function useOf(pid: number | undefined): ProcessUse | undefined {
  try {
    return processUse(readFileSync(`/proc/${pid}/stat`, 'utf8'), readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return undefined
  }
}

/** By proc(5). A name in `stat` may contain spaces and brackets, so fields are counted from behind it. */
export function processUse(stat: string, status: string): ProcessUse {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const peakKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])
  return { cpuSeconds: ticks / 100, rssMiB: peakKiB / 1_024 }
}

/** A server that prints where it is, and lives until `stop`. */
export interface Server {
  readonly bootstrap: string
  /** Milliseconds from the start of the process to its first line. */
  readonly startMs: number
  /** So far. */
  use(): ProcessUse | undefined
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
    use: () => useOf(child.pid),
    async stop() {
      child.stdin?.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
      await closed
      clearTimeout(timer)
    },
  }
}
