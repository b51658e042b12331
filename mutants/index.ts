import { brokerMutants } from './broker/index.ts'
import type { Mutant } from './mutant.ts'
import { batchMutants } from './producer/batches.ts'
import { lifeCycleMutants } from './producer/life-cycle.ts'
import { memoryMutants } from './producer/memory.ts'
import { networkMutants } from './producer/network.ts'
import { sequenceMutants } from './producer/sequences.ts'
import { verdictMutants } from './producer/verdicts.ts'

export { brokerMutants } from './broker/index.ts'
export type { Mutant } from './mutant.ts'

/** Planted in the producer core, and in what of the protocol it encodes with. Caught by laws, in exploration. */
export const producerMutants: readonly Mutant[] = [
  ...sequenceMutants,
  ...verdictMutants,
  ...batchMutants,
  ...memoryMutants,
  ...lifeCycleMutants,
  ...networkMutants,
]

export const mutants: readonly Mutant[] = [...producerMutants, ...brokerMutants]

export function mutantNamed(name: string): Mutant | undefined {
  return mutants.find((one) => one.name === name)
}
