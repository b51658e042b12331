import { expect, test } from 'vitest'
import { explore } from '../packages/harness/src/explore/explorer.ts'
import { coresWith } from '../packages/harness/src/explore/planted-bug.ts'
import { mutatedCores } from './mutated-cores.ts'

test('planting: the explorer finds a planted bug, and without it nothing', async () => {
  const seeds = { from: 1, seeds: 3 }
  const cores = await coresWith('offset-off-by-one')
  const { finds } = await explore({ ...seeds, cores })
  expect(finds.map(({ law }) => law)).toContain('ACKED')
  expect((await explore(seeds)).finds).toEqual([])
})

test('planting: a bug of the cluster, or one that nobody knows, is refused', async () => {
  await expect(mutatedCores('nonsense')).rejects.toThrow('no mutant is called nonsense')
  await expect(mutatedCores('broker-remembers-four')).rejects.toThrow('a mutant of the cluster')
})
