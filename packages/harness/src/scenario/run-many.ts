import { setImmediate } from 'node:timers/promises'
import { startThread } from '../start-thread.ts'
import { type ChosenSubject, chooseSubject } from '../subjects/choose.ts'
import { runScenario, type ScenarioResult } from './run.ts'
import type { ParsedScenario, WorldName } from './schema.ts'

/** One run, as plain data: a worker thread is told the same. */
export interface RunTask {
  readonly scenario: ParsedScenario
  readonly file: string
  readonly world: WorldName
  readonly seed: number | undefined
  /** Real time after which the run is given up, in milliseconds; undefined for the default of `runScenario`. */
  readonly realMsMax: number | undefined
  /** A producer that is not ours: what stands behind `--subject` and `--from`. */
  readonly subject: { readonly asked: string; readonly from: string } | undefined
  /** See `RunOptions`. */
  readonly isReported: boolean
}

export interface RunManyOptions {
  /** Threads; with one, everything runs in this one. */
  readonly workers: number
  readonly interrupted: AbortSignal
  readonly onStart: (index: number) => void
  /** Called in the order of the tasks, however they ended. Whether to go on. */
  readonly onResult: (result: ScenarioResult) => boolean
}

/** Runs one task. Throws SubjectError or MissingClientError if its subject cannot be had. */
export function runTask({ scenario, subject, seed, realMsMax, ...rest }: RunTask): Promise<ScenarioResult> {
  const chosen: ChosenSubject | undefined =
    subject === undefined ? undefined : chooseSubject(subject.asked, subject.from)
  return runScenario(scenario, {
    ...rest,
    ...(chosen === undefined ? {} : { subject: chosen }),
    ...(seed === undefined ? {} : { seed }),
    ...(realMsMax === undefined ? {} : { realMsMax }),
  })
}

/**
 * Runs the tasks, as many at a time as there are workers, and hands the results on in the order of the tasks: a report
 * does not depend on how many workers there were. Ends early when it is interrupted or `onResult` says no, without waiting
 * for what is still running. Rejects if a worker dies.
 */
export async function runMany(tasks: readonly RunTask[], options: RunManyOptions): Promise<void> {
  const { interrupted, onStart, onResult } = options
  const count = Math.max(1, Math.min(options.workers, tasks.length))
  const runners = Array.from({ length: count }, () => (count === 1 ? here : new WorkerThread()))
  const done = new Map<number, ScenarioResult>()
  let [next, told, isOver] = [0, 0, false]
  let over = (): void => {}
  const ending = new Promise<void>((resolve) => (over = resolve))
  const end = (): void => {
    isOver = true
    over()
  }
  interrupted.addEventListener('abort', end)

  const runInTurn = async (runner: Runner): Promise<void> => {
    while (!isOver && next < tasks.length) {
      // A simulated run never waits: without this, SIGINT would not be heard before the last one.
      await setImmediate()
      if (isOver || interrupted.aborted || next >= tasks.length) return
      const index = next++
      onStart(index)
      done.set(index, await runner.run(tasks[index]!))
      for (let ready = done.get(told); ready !== undefined && !isOver; ready = done.get(++told)) {
        done.delete(told)
        if (!onResult(ready)) end()
      }
    }
  }
  try {
    await Promise.race([Promise.all(runners.map(runInTurn)), ending])
  } finally {
    interrupted.removeEventListener('abort', end)
    isOver = true
    await Promise.all(runners.map((runner) => runner.stop()))
  }
}

interface Runner {
  run(task: RunTask): Promise<ScenarioResult>
  stop(): Promise<unknown>
}

const here: Runner = { run: runTask, stop: async () => undefined }

/** A thread that runs one task at a time. */
class WorkerThread implements Runner {
  readonly #worker = startThread(new URL('./run-worker.ts', import.meta.url), './run-worker.mjs')

  run(task: RunTask): Promise<ScenarioResult> {
    return new Promise((resolve, reject) => {
      this.#worker.removeAllListeners()
      this.#worker.on('message', resolve)
      this.#worker.on('error', reject)
      this.#worker.on('exit', (code) => reject(new Error(`a worker ended with ${code} in ${task.file}`)))
      this.#worker.postMessage(task)
    })
  }

  stop(): Promise<unknown> {
    this.#worker.removeAllListeners()
    return this.#worker.terminate()
  }
}
