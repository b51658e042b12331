import { type ChildProcess, spawn } from 'node:child_process'
import { type DriverLine, driverLine, type HarnessLine, LineSplitter } from './protocol.ts'

/** How to start a subject. */
export interface SubjectCommand {
  readonly program: string
  readonly args: readonly string[]
  /** Whether `program` is a line for the shell. */
  readonly shell?: boolean
}

/** Why a subject said its last word. */
export interface SubjectEnd {
  readonly law: 'CRASH' | 'PROTOCOL'
  readonly message: string
  readonly evidence: readonly string[]
}

/** Lines not yet taken by a subject that does not read; more, and it is stuck. */
const unreadBytesMax = 64 * 1024 * 1024
const stderrLinesKept = 20

/** Kills what is left when the harness goes, however it goes. */
const running = new Set<SubjectProcess>()
process.on('exit', () => {
  for (const subject of running) subject.kill()
})

/** A program that speaks the protocol of `docs/exec-protocol.md`, in a process group of its own. */
export class SubjectProcess {
  onLine: (line: DriverLine) => void = () => {}
  /** Called once, when nothing more will come: it exited, or said something that is no line of the protocol. */
  onEnd: (end: SubjectEnd) => void = () => {}
  private readonly child: ChildProcess
  private readonly lines = new LineSplitter()
  private readonly stderr: string[] = []
  private isOver = false

  constructor({ program, args, shell = false }: SubjectCommand, environment: Readonly<Record<string, string>>) {
    this.child = spawn(program, args, {
      shell,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: a shell's children go with it.
      detached: process.platform !== 'win32',
    })
    running.add(this)
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => this.hear(text))
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr.push(...text.split('\n').filter((line) => line.trim() !== ''))
      this.stderr.splice(0, this.stderr.length - stderrLinesKept)
    })
    // One that exits with lines unread says so through its exit.
    this.child.stdin!.on('error', () => {})
    this.child.on('error', (error) => this.end({ law: 'CRASH', message: `cannot be started: ${error.message}` }))
    this.child.on('close', (code, signal) => {
      running.delete(this)
      this.end({ law: 'CRASH', message: signal === null ? `ended with exit code ${code}` : `was ended by ${signal}` })
    })
  }

  say(line: HarnessLine): void {
    if (this.isOver) return
    this.child.stdin!.write(`${JSON.stringify(line)}\n`)
    if (this.child.stdin!.writableLength > unreadBytesMax)
      this.end({ law: 'PROTOCOL', message: `has not read its input: ${unreadBytesMax} bytes are waiting` })
  }

  /** No more input: it may exit now, and is killed if it does not within `graceMs`. Its exit is nobody's business. */
  finish(graceMs: number): void {
    this.isOver = true
    this.child.stdin!.end()
    setTimeout(() => this.kill(), graceMs).unref()
  }

  kill(): void {
    this.isOver = true
    running.delete(this)
    const { pid, exitCode, signalCode } = this.child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      if (process.platform === 'win32') this.child.kill('SIGKILL')
      else process.kill(-pid, 'SIGKILL')
    } catch {
      // It was faster.
    }
  }

  /** The last lines it wrote to its standard error. */
  get lastErrors(): readonly string[] {
    return this.stderr
  }

  private hear(text: string): void {
    if (this.isOver) return
    let lines: string[]
    try {
      lines = this.lines.push(text)
    } catch (error) {
      return void this.end({ law: 'PROTOCOL', message: `wrote ${(error as Error).message}` })
    }
    for (const line of lines) {
      if (this.isOver) return
      if (line.trim() === '') continue
      const parsed = parseLine(line)
      if (typeof parsed !== 'string') this.onLine(parsed)
      else
        this.end({
          law: 'PROTOCOL',
          message: `wrote what is no line of the protocol (${parsed})`,
          evidence: [line.slice(0, 200)],
        })
    }
  }

  private end({ law, message, evidence = [] }: Omit<SubjectEnd, 'evidence'> & { readonly evidence?: string[] }): void {
    if (this.isOver) return
    this.kill()
    this.onEnd({
      law,
      message: `the subject ${message}`,
      evidence: [...evidence, ...this.stderr.map((line) => `stderr: ${line.slice(0, 300)}`)],
    })
  }
}

function parseLine(line: string): DriverLine | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'not JSON'
  }
  const parsed = driverLine.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  return `${issue?.path.join('.') || 'the line'}: ${issue?.message}`
}
