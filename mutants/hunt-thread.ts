import { parentPort, workerData } from 'node:worker_threads'
import { ClusterCore } from '@harrow/mock-broker/core'
import { explore } from '../packages/harness/src/explore/explorer.ts'
import type { Cores } from './mutated-cores.ts'

/** What a hunting thread is told. */
export interface HuntTask {
  /** The URL of the module with the mutated producer. */
  readonly producer: string
  readonly from: number
  readonly seeds: number
}

/** What it tells: after every seed, and in the end. */
export interface HuntReport {
  /** The last seed that is over. */
  readonly seed: number
  /** All laws that it breaks. */
  readonly laws: readonly string[]
}

const { producer, from, seeds } = workerData as HuntTask
const { ProducerCore } = (await import(producer)) as Pick<Cores, 'ProducerCore'>
const cores = { ProducerCore, ClusterCore }
for (let seed = from; seed < from + seeds; seed++) {
  const { finds } = await explore({ from: seed, seeds: 1, cores })
  const laws = finds.map((find) => find.law)
  parentPort?.postMessage({ seed, laws } satisfies HuntReport)
  if (laws.length > 0) break
}
parentPort?.close()
