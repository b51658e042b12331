import { expect, test } from 'vitest'
import { commitSeed } from '../../../tools/commit-seed.ts'
import { explore } from '../src/explore/explorer.ts'
import { failureOf } from '../src/explore/failure.ts'
import { toYaml } from '../src/explore/to-yaml.ts'

/** Seconds of exploration in each run of the tests. */
const seconds = 20

test('explorer: twenty seconds of seeds from this commit break no law', async () => {
  // Far apart: two commits hardly ever share a seed, as the low digits are left to counting.
  const from = commitSeed() * 100_000
  const untilMs = performance.now() + seconds * 1_000
  const { seeds, finds } = await explore({ from, seeds: Number.POSITIVE_INFINITY, untilMs })
  console.log(`explored ${seeds} seeds from ${from} (the commit)`)
  expect(seeds).toBeGreaterThan(0)
  expect(finds.length === 0 ? '' : told(finds[0]!)).toBe('')
}, 120_000)

function told({
  seed,
  law,
  message,
}: {
  readonly seed: number
  readonly law: string
  readonly message: string
}): string {
  const failure = failureOf({ seed, law })
  const scenario = failure === undefined ? '' : `\n${toYaml(failure.plan)}`
  return `${law}: ${message}\nreplay: npx -y pnpm@10.34.9 harrow replay ${seed}${scenario}`
}
