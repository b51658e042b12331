import v8 from 'node:v8'
import { startThread } from '../start-thread.ts'
import { added, emptyTally, explore, type Tally } from './explorer.ts'
import { coresWith } from './planted-bug.ts'
import type { FaultClass } from './swarm.ts'
import type { WorkerReport, WorkerTask } from './worker.ts'

export interface CampaignOptions {
  readonly from: number
  /** How many seeds in all; infinity with `forMs`. */
  readonly seeds: number
  readonly forMs: number
  readonly workers: number
  /** This machine's share: seeds from + i - 1, and every n-th after it. */
  readonly shard: { readonly index: number; readonly count: number }
  readonly swarm?: readonly FaultClass[] | undefined
  /** A bug to plant: see planted-bug.ts. */
  readonly mutant?: string | undefined
  /** See `Tally.traces`. Default false. */
  readonly hashesTraces?: boolean
  readonly interrupted: AbortSignal
  readonly onProgress: (tally: Tally) => void
}

/** Explores on as many threads as asked for. The seeds are dealt out in turn, so the result does not depend on how many. */
export async function runCampaign(options: CampaignOptions): Promise<Tally> {
  // What one run makes lives as long as the run, so V8 would come to make the like of it in its old generation at once,
  // where it outlives thousands of runs: a tenth of the speed.
  v8.setFlagsFromString('--no-allocation-site-pretenuring')
  const { shard, workers } = options
  const stride = shard.count * workers
  const tasks = Array.from({ length: workers }, (_, i): WorkerTask => {
    const offset = shard.index - 1 + i * shard.count
    return {
      from: options.from + offset,
      seeds: options.seeds - offset,
      stride,
      forMs: options.forMs,
      swarm: options.swarm,
      mutant: options.mutant,
      hashesTraces: options.hashesTraces ?? false,
    }
  }).filter((task) => task.seeds > 0)
  const first = tasks[0]
  if (tasks.length === 1 && first !== undefined) return runHere(first, options)
  const tallies = tasks.map(emptyTally)
  const sum = (): Tally => tallies.reduce(added, emptyTally())
  await Promise.all(
    tasks.map((task, i) =>
      runThere(task, options.interrupted, (tally) => {
        tallies[i] = tally
        options.onProgress(sum())
      }),
    ),
  )
  return sum()
}

async function runHere(task: WorkerTask, { interrupted, onProgress }: CampaignOptions): Promise<Tally> {
  const { swarm, forMs, mutant, ...rest } = task
  const cores = mutant === undefined ? undefined : await coresWith(mutant)
  return explore({
    ...rest,
    untilMs: performance.now() + forMs,
    ...(swarm === undefined ? {} : { swarm }),
    ...(cores === undefined ? {} : { cores }),
    isStopped: () => interrupted.aborted,
    onProgress,
  })
}

function runThere(task: WorkerTask, interrupted: AbortSignal, onTally: (tally: Tally) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = startThread(new URL('./worker.ts', import.meta.url), './worker.mjs', task)
    const stop = (): void => worker.postMessage('stop')
    interrupted.addEventListener('abort', stop)
    if (interrupted.aborted) stop()
    worker.on('message', ({ tally, isDone }: WorkerReport) => {
      onTally(tally)
      if (!isDone) return
      interrupted.removeEventListener('abort', stop)
      resolve()
    })
    worker.on('error', reject)
  })
}
