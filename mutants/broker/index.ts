import type { Mutant } from '../mutant.ts'
import { batchRuleMutants } from './batches.ts'
import { requestRuleMutants } from './requests.ts'

/** Planted in the mock cluster. Caught by the tests of the broker's rules: the explorer trusts the cluster. */
export const brokerMutants: readonly Mutant[] = [...batchRuleMutants, ...requestRuleMutants]
