import { join } from 'node:path'
import { defineConfig, mergeConfig } from 'vitest/config'
import ours from '../vitest.config.ts'
import { brokerMutants } from './index.ts'
import { planted, root } from './plant.ts'

const name = process.env['HARROW_BROKER_MUTANT']
const mutant = brokerMutants.find((one) => one.name === name)
if (mutant === undefined) throw new Error(`no broker mutant is called ${name}`)
const file = join(root, mutant.file)

/** Our tests, with one bug planted in the mock cluster. */
export default mergeConfig(
  ours,
  defineConfig({
    plugins: [
      {
        name: 'plant',
        enforce: 'pre',
        load: (id) => (id.replace(/\?.*/, '') === file ? planted(mutant) : undefined),
      },
    ],
    test: { bail: 1, testTimeout: 20_000 },
  }),
)
