/**
 * The first five minutes of a new user: an empty project, the packed packages in place of the registry, and then what
 * docs/testing-an-application.md says, block by block, up to the failing test that shows a lost record, and its mending.
 * `pnpm trial`, after `pnpm build`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packPackages } from './packed-packages.ts'

const secondsMax = 300
/** The command that fails until the service is mended. */
const failing = 'node --test test/orders.test.js'

const guide = readFileSync(join(import.meta.dirname, '../docs/testing-an-application.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'harrow-trial-'))
const project = join(folder, 'shop')
mkdirSync(project)
try {
  const tarballs = packPackages(join(folder, 'packed'))
  const startedMs = performance.now()
  let shown = ''
  for (const { language, text } of blocksOf(guide, 'Five minutes')) {
    if (language === 'js') writeBlock(text)
    else if (language === '') mustHold(isIn(shown, text), `the failing test should print\n${text}and printed\n${shown}`)
    else for (const command of text.trim().split('\n')) shown = step(command, tarballs, command === failing ? 1 : 0)
  }
  step(failing, tarballs, 0)
  mustBeReport(join(project, 'report.html'))
  const seconds = (performance.now() - startedMs) / 1000
  process.stdout.write(`from an empty folder to a lost record and back: ${seconds.toFixed(0)} s\n`)
  mustHold(seconds < secondsMax, `that is more than ${secondsMax} s`)
} finally {
  rmSync(folder, { recursive: true })
}

/** The code blocks of a section, in order. */
function blocksOf(text: string, title: string): { readonly language: string; readonly text: string }[] {
  const from = text.indexOf(`## ${title}`)
  const to = text.indexOf('\n## ', from + 1)
  mustHold(from >= 0, `the guide has no section "${title}"`)
  return [...text.slice(from, to).matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }))
}

/** A block that begins with `// its/name.js` is that file. */
function writeBlock(text: string): void {
  const name = /^\/\/ (\S+)\n/.exec(text)?.[1] ?? ''
  mustHold(name !== '', `a block does not say which file it is:\n${text}`)
  mkdirSync(dirname(join(project, name)), { recursive: true })
  writeFileSync(join(project, name), text)
}

/** Runs a command of the guide in the project; what it printed. */
function step(command: string, tarballs: ReadonlyMap<string, string>, wanted: number): string {
  const startedMs = performance.now()
  // Not published yet: whoever installs one of ours gets the tarballs of all, as the registry would find them.
  const real = command.replace(/@harrow\/.*/, [...tarballs.values()].join(' '))
  const { status, stdout, stderr } = spawnSync('bash', ['-c', real], { cwd: project, encoding: 'utf8' })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  process.stdout.write(`${seconds.padStart(6)} s  ${command}${wanted === 0 ? '' : '  (fails, as it should)'}\n`)
  mustHold(status === wanted, `it ended with ${status}, not ${wanted}:\n${stdout}${stderr}`)
  return stdout
}

/** Whether the lines are there, one after another, however far they are indented: each runner does it in its own way. */
function isIn(shown: string, lines: string): boolean {
  const flat = (text: string): string => text.replace(/^\s+/gm, '')
  return flat(shown).includes(flat(lines))
}

/** The page that the built command wrote: two runs of one scenario, with their data, and the script that draws them. */
function mustBeReport(file: string): void {
  const page = readFileSync(file, 'utf8')
  const data = (id: string): unknown =>
    JSON.parse(new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(page)?.[1] ?? 'null')
  const { runs = [] } = (data('about') ?? {}) as {
    runs?: readonly { readonly world: string; readonly outcome: string }[]
  }
  const told = runs.map(({ world, outcome }) => `${world} ${outcome}`).join(', ')
  mustHold(
    told === 'simulated passed, tcp passed',
    `report.html should tell of two runs that passed, and tells: ${told}`,
  )
  for (const [at] of runs.entries()) {
    const { bars = [], trace = [] } = (data(`run-${at}`) ?? {}) as { bars?: unknown[]; trace?: unknown[] }
    mustHold(bars.length > 0 && trace.length > 0, `run ${at} of report.html is empty`)
  }
  const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? ''
  mustHold(script.length > 10_000, 'report.html has no script that draws it')
}

function mustHold(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}
