import { expect, test } from 'vitest'
import { parseScenarioText } from './load.ts'
import type { ScenarioResult } from './run.ts'
import { type RunTask, runMany } from './run-many.ts'

const one = (name: string, delivered: string, more = ''): RunTask => ({
  scenario: parseScenarioText(
    [
      `name: ${name}`,
      'cluster: { topics: { orders: 1 } }',
      `workload: [{ produce: { topic: orders, records: 3 } }${more}]`,
      `expect: [{ delivered: ${delivered} }]`,
    ].join('\n'),
    `${name}.yaml`,
  ),
  file: `${name}.yaml`,
  world: 'tcp',
  seed: undefined,
  realMsMax: undefined,
  isReported: false,
  subject: undefined,
})

async function run(tasks: readonly RunTask[], workers: number, goOn: (result: ScenarioResult) => boolean = () => true) {
  const told: string[] = []
  await runMany(tasks, {
    workers,
    interrupted: new AbortController().signal,
    onStart: () => {},
    onResult: (result) => {
      told.push(`${result.name} ${result.outcome}`)
      return goOn(result)
    },
  })
  return told
}

test.each([1, 2])(
  'run many: with %i workers results come in the order of the tasks, until one is enough',
  async (workers) => {
    const tasks = [one('slow', 'all', ', { pause: 300ms }'), one('bad', 'none'), one('good', 'all'), one('last', 'all')]
    const told = await run(tasks, workers, ({ outcome }) => outcome !== 'failed')
    expect(told).toEqual(['slow passed', 'bad failed'])
  },
)

test('run many: a worker that dies is told, and nobody waits for it', async () => {
  // Not a scenario at all: what a worker makes of it is an exception.
  const broken = { ...one('broken', 'all'), scenario: { isParsed: true }, world: 'simulated' } as unknown as RunTask
  await expect(run([broken, one('good', 'all')], 2)).rejects.toThrow(TypeError)
})

test('run many: an interruption ends what is running', async () => {
  const interruption = new AbortController()
  const tasks = [one('long', 'all', ', { pause: 50s }'), one('longer', 'all', ', { pause: 50s }')]
  const running = runMany(tasks, {
    workers: 2,
    interrupted: interruption.signal,
    onStart: () => setTimeout(() => interruption.abort(), 100),
    onResult: () => true,
  })
  await expect(running).resolves.toBeUndefined()
})
