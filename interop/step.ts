/** Thrown where a judge is missing (no Java, no registry, no compiler). It is printed, and it is never a failure. */
export class Skip extends Error {}

/** One `pnpm interop` run: its options, and what came of its steps. */
export class InteropRun {
  /** Write what the real brokers say into the committed files instead of comparing with them. */
  readonly refresh: boolean
  readonly failures: string[] = []
  readonly skips: string[] = []
  private passed = 0
  private readonly print: (line: string) => void

  constructor(options: { refresh: boolean; print: (line: string) => void }) {
    this.refresh = options.refresh
    this.print = options.print
  }

  /**
   * Runs one thing that can hold, break or be skipped, and goes on either way. Undefined when it did not hold.
   */
  async step<Result>(name: string, body: () => Result | Promise<Result>): Promise<Result | undefined> {
    const startMs = performance.now()
    try {
      const result = await body()
      this.passed += 1
      this.print(`  ok    ${name} (${((performance.now() - startMs) / 1000).toFixed(1)} s)`)
      return result
    } catch (error) {
      if (error instanceof Skip) {
        this.skips.push(`${name}: ${error.message}`)
        this.print(`  skip  ${name}: ${error.message}`)
      } else {
        const message = error instanceof Error ? error.message : String(error)
        this.failures.push(`${name}: ${message}`)
        this.print(`  FAIL  ${name}: ${message.replaceAll('\n', '\n        ')}`)
      }
      return undefined
    }
  }

  /** Steps under a headline. Says nothing when all it did was to run them. */
  async part(name: string, about: string, body: () => Promise<void>): Promise<void> {
    this.print(`\n${name}: ${about}`)
    try {
      await body()
    } catch (error) {
      await this.step(name, () => Promise.reject(error))
    }
  }

  say(line: string): void {
    this.print(`        ${line}`)
  }

  summary(): string {
    const lines = [`interop: ${this.passed} ok, ${this.failures.length} failed, ${this.skips.length} skipped`]
    for (const skip of this.skips) lines.push(`  skipped: ${skip}`)
    for (const failure of this.failures) lines.push(`  failed: ${failure.split('\n')[0]}`)
    return lines.join('\n')
  }
}

/** The last line of what a program printed, for a reason in one line. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
}
