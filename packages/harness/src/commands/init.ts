import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Command, exitCodes, UsageError } from './command.ts'
import { type ClientName, clients, firstScenario, firstTest, type ProjectKind } from './first-files.ts'

/** `harrow init`: a first scenario and a first test in a project that is there already. Overwrites nothing. */
export const init: Command = {
  operands: '[folder]',
  summary: 'Write a first scenario and a first test into a project',
  options: {},
  examples: ['harrow init', 'harrow init services/orders'],
  async run({ operands }, context) {
    if (operands.length > 1) throw new UsageError('harrow init takes one folder')
    const folder = operands[0] ?? '.'
    const project = projectIn(folder)
    // In a module `.js` would do, but not where the project has none: the ending says what the file is in any case.
    const ending = project.runner === 'jest' ? 'js' : project.isModule ? 'mjs' : 'cjs'
    const test = `test/lost-ack.test.${ending}`
    const scenario = 'scenarios/lost-ack.yaml'
    const wrote = [writeNew(folder, scenario, firstScenario), writeNew(folder, test, firstTest(project))]
    const runs = {
      vitest: `npx vitest run ${test}`,
      jest: `npx jest ${test}`,
      'node:test': `node --test ${test}`,
    }[project.runner]
    const missing = ['@harrow/mock-broker', '@harrow/harness', project.client].filter((name) => !project.has(name))
    context.out(
      [
        `Found ${project.runner} and ${project.hasClient ? project.client : `no Kafka client, so the test uses ${project.client}`}.`,
        ...wrote,
        '',
        ...(missing.length === 0 ? [] : [`npm install --save-dev ${missing.join(' ')}`]),
        runs,
        `npx harrow run ${scenario} --world all`,
        '',
        'Then put your own code in place of the marked lines of the test.',
        '',
      ].join('\n'),
    )
    return exitCodes.ok
  },
}

interface Project extends ProjectKind {
  readonly hasClient: boolean
  /** Whether a package is among the dependencies. */
  has(name: string): boolean
}

interface Manifest {
  readonly type?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** What the package.json says. Throws UsageError if there is none, or if it is not JSON. */
function projectIn(folder: string): Project {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) throw new UsageError(`${file}: there is no project here; npm init makes one`)
  const { type, dependencies, devDependencies } = parsed(file)
  const has = (name: string): boolean => name in { ...dependencies, ...devDependencies }
  const runner = (['vitest', 'jest'] as const).find(has) ?? 'node:test'
  const client = (Object.keys(clients) as ClientName[]).find(has)
  // vitest cannot be required.
  return {
    runner,
    isModule: type === 'module' || runner === 'vitest',
    client: client ?? '@harrow/producer',
    hasClient: client !== undefined,
    has,
  }
}

function parsed(file: string): Manifest {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof manifest === 'object' && manifest !== null) return manifest
  } catch {
    // Told below, like anything else that is not a manifest.
  }
  throw new UsageError(`${file}: not a package.json`)
}

/** Writes a file that is not there yet, and says what it did. */
function writeNew(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  try {
    writeFileSync(file, text, { flag: 'wx' })
    return `wrote ${name}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return `kept ${name}, which was there`
  }
}
