import type { InteropRun } from './step.ts'

/** What `pnpm interop <name>` runs. */
export interface Part {
  readonly name: string
  /** One line for the reader of the output. */
  readonly about: string
  run(run: InteropRun): Promise<void>
}
