import { parentPort, workerData } from 'node:worker_threads'
import { explore } from '../packages/harness/src/explore/explorer.ts'
import { mutatedCores } from './mutated-cores.ts'

/** What a hunting thread is told. */
export interface HuntTask {
  readonly name: string
  readonly seeds: number
}

/** What it tells: after every seed, and in the end. */
export interface HuntReport {
  /** The last seed that is over. */
  readonly seed: number
  /** All laws that it breaks. */
  readonly laws: readonly string[]
}

const { name, seeds } = workerData as HuntTask
const cores = await mutatedCores(name)
for (let seed = 1; seed <= seeds; seed++) {
  const { finds } = await explore({ from: seed, seeds: 1, cores })
  const laws = finds.map((find) => find.law)
  parentPort?.postMessage({ seed, laws } satisfies HuntReport)
  if (laws.length > 0) break
}
parentPort?.close()
