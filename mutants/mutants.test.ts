import { transform } from 'esbuild'
import { expect, test } from 'vitest'
import { laws } from '../packages/harness/src/checks/index.ts'
import { brokerMutants, mutants, producerMutants } from './index.ts'
import { planted } from './plant.ts'
import { open, recorded } from './recorded.ts'

test('mutants: each has a name of its own, and there are enough of them', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(producerMutants.length).toBeGreaterThanOrEqual(60)
  expect(brokerMutants.length).toBeGreaterThanOrEqual(20)
})

test('mutants: every patch applies at exactly one place and leaves a file that parses', async () => {
  for (const mutant of mutants) {
    const source = planted(mutant)
    await expect(transform(source, { loader: 'ts' }), mutant.name).resolves.toMatchObject({ warnings: [] })
  }
})

test('mutants: a patch that no longer fits says which one', () => {
  const [mutant] = mutants
  expect(() => planted(mutant!, 'const nothing = 0')).toThrow(`mutant ${mutant!.name}`)
  expect(() => planted(mutant!, `${mutant!.find}\n${mutant!.find}`)).toThrow('2 times, not once')
})

test('mutants: what is expected to catch one exists', () => {
  const known = [...laws.map((law) => law.name), 'CRASH', 'REPEAT']
  for (const { name, caughtBy } of producerMutants) {
    expect(caughtBy.length, name).toBeGreaterThan(0)
    expect(
      caughtBy.filter((law) => !known.includes(law)),
      name,
    ).toEqual([])
  }
})

test('mutants: each was caught, or is equivalent and says why, or is on the list of work', () => {
  for (const { name, equivalent } of producerMutants) {
    const places = [name in recorded, equivalent !== undefined, name in open].filter(Boolean)
    expect(places, `${name}: run pnpm mutants ${name} --record`).toHaveLength(1)
  }
  const known = new Set(producerMutants.map(({ name }) => name))
  expect([...Object.keys(recorded), ...Object.keys(open)].filter((name) => !known.has(name))).toEqual([])
})
