import { expect, test } from 'vitest'
import { interopPage } from './interop-page.ts'
import { readResults } from './results/results.ts'
import { scenarioSection } from './scenarios/scenario-section.ts'

// After a change of the page that is meant: `npx vitest run interop -u`.
test('interop: docs/interop.md is what the results say', async () => {
  await expect(interopPage(readResults())).toMatchFileSnapshot('../docs/interop.md')
})

test('interop: a scenario that did not hold is not written as if it had', () => {
  const { scenarios } = readResults()
  const first = scenarios!.played[0]!
  const section = scenarioSection({ ...scenarios!, played: [{ ...first, held: false }] })
  expect(section).toContain(`| ${first.name} |`)
  expect(section).toContain('| **broken** |')
  expect(section).not.toContain('| held |')
})
