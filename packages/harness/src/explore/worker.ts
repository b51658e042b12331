import { parentPort, workerData } from 'node:worker_threads'
import { explore, type Tally } from './explorer.ts'
import { coresWith } from './planted-bug.ts'
import type { FaultClass } from './swarm.ts'

/** What a worker thread is told. */
export interface WorkerTask {
  readonly from: number
  readonly seeds: number
  readonly stride: number
  readonly forMs: number
  readonly swarm: readonly FaultClass[] | undefined
  /** A bug to plant: see planted-bug.ts. */
  readonly mutant: string | undefined
  readonly hashesTraces: boolean
}

export interface WorkerReport {
  readonly tally: Tally
  readonly isDone: boolean
}

const reportMs = 250

if (parentPort !== null) {
  const port = parentPort
  const { from, seeds, stride, forMs, swarm, mutant, hashesTraces } = workerData as WorkerTask
  let stopped = false
  let reportedMs = performance.now()
  port.on('message', () => (stopped = true))
  const cores = mutant === undefined ? undefined : await coresWith(mutant)
  void explore({
    from,
    seeds,
    stride,
    hashesTraces,
    untilMs: performance.now() + forMs,
    ...(swarm === undefined ? {} : { swarm }),
    ...(cores === undefined ? {} : { cores }),
    isStopped: () => stopped,
    onProgress: (tally) => {
      const nowMs = performance.now()
      if (nowMs - reportedMs < reportMs) return
      reportedMs = nowMs
      port.postMessage({ tally, isDone: false } satisfies WorkerReport)
    },
  }).then((tally) => {
    port.postMessage({ tally, isDone: true } satisfies WorkerReport)
    port.close()
  })
}
