import { spawn } from 'node:child_process'

export interface CommandResult {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly timeoutMs?: number
}

/** Runs a program to its end. Undefined when there is no such program. One that outlives its timeout is killed. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.folder,
      env: { ...process.env, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 120_000,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    // A program that does not read its input to the end says so through its exit code.
    child.stdin.on('error', () => {})
    child.stdin.end(options.stdin ?? '')
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(undefined)
      else reject(error)
    })
    child.on('close', (code) => resolve({ exitCode: code ?? undefined, stdout, stderr }))
  })
}

/** The same, for a program that must succeed: throws with the end of its output when it does not. */
export async function mustRun(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(program, args, options)
  if (result === undefined) throw new Error(`${program}: not found`)
  if (result.exitCode !== 0) {
    const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-12).join('\n')
    throw new Error(`${program} ended with ${result.exitCode ?? 'a signal (timeout?)'}:\n${tail}`)
  }
  return result.stdout
}
