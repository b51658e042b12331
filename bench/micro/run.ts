/** `pnpm bench:micro`: what the hot functions cost now, in rounds of the reference loop and next to their budgets. */
import { hotFunctions } from './hot-functions.ts'
import { ratioOf } from './ratios.ts'

for (const hot of hotFunctions) {
  const ratio = ratioOf(hot)
  console.log(`${hot.name.padEnd(26)} ${ratio.toFixed(1).padStart(9)} per ${hot.per.padEnd(9)} budget ${hot.budget}`)
}
