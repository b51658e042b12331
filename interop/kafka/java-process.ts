import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'

/** Small heaps, and start-up before peak speed: these processes live for seconds. */
const javaOptions = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']

/** A Java program that runs until it is stopped. It never outlives this process. */
export class JavaProcess {
  private readonly child: ChildProcess
  private readonly killAtExit: () => void
  private output = ''
  private exited = false

  private constructor(child: ChildProcess) {
    this.child = child
    this.killAtExit = () => child.kill('SIGKILL')
    process.once('exit', this.killAtExit)
    const collect = (text: string) => {
      this.output = (this.output + text).slice(-65_536)
    }
    child.stdout?.setEncoding('utf8').on('data', collect)
    child.stderr?.setEncoding('utf8').on('data', collect)
    child.on('close', () => {
      this.exited = true
      process.off('exit', this.killAtExit)
    })
  }

  static start(classpath: readonly string[], mainClass: string, args: readonly string[]): JavaProcess {
    const child = spawn('java', [...javaOptions, '-cp', classpath.join(delimiter), mainClass, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new JavaProcess(child)
  }

  get hasExited(): boolean {
    return this.exited
  }

  /** The end of what it printed, to explain a failure. */
  tail(): string {
    return this.output.trim().split('\n').slice(-10).join('\n')
  }

  /** Resolves when it is gone. One that ignores the signal for 20 s is killed. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.exited) return
    const gone = once(this.child, 'close')
    this.child.kill(signal)
    const killTimer = setTimeout(() => this.child.kill('SIGKILL'), 20_000)
    await gone
    clearTimeout(killTimer)
  }
}
