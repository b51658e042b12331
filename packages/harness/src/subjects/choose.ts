import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { didYouMean } from '../scenario/nearest.ts'
import type { World } from '../worlds/world.ts'
import { clientPackage } from './client-package.ts'
import { foreignWorld } from './foreign-world.ts'
import { subjects } from './index.ts'
import type { SubjectCommand } from './subject-process.ts'

/** Thrown for a `--subject` that cannot be run; the message says what to do. */
export class SubjectError extends Error {
  override readonly name = 'SubjectError'
}

/** A producer to run scenarios against. */
export interface ChosenSubject {
  /** As it was asked for: what stands behind `--subject`. */
  readonly asked: string
  /** The module that it is, if it is one of the caller's. */
  readonly file: string | undefined
  readonly command: SubjectCommand
  readonly world: World
}

const execPrefix = 'exec:'

/**
 * What `--subject` names: a client of the registry, `./a-module.ts`, or `exec: a command`. The client's package is
 * looked for in `from`. Throws SubjectError, and MissingClientError for a client that is not installed.
 */
export function chooseSubject(asked: string, from: string): ChosenSubject {
  const command = commandFor(asked, from)
  const isModule = !asked.startsWith(execPrefix) && !Object.hasOwn(subjects, asked)
  return { asked, file: isModule ? resolve(asked) : undefined, command, world: foreignWorld(command) }
}

function commandFor(asked: string, from: string): SubjectCommand {
  if (asked.startsWith(execPrefix)) {
    const program = asked.slice(execPrefix.length).trim()
    if (program === '') throw new SubjectError('--subject exec: needs a command, as in "exec: python3 my_driver.py"')
    return { program, args: [], shell: true }
  }
  const node = (args: readonly string[]): SubjectCommand => ({ program: process.execPath, args })
  const known = Object.hasOwn(subjects, asked) ? subjects[asked] : undefined
  if (known !== undefined) {
    // Ours comes with the harness; the others come from the user, or not at all.
    const base = asked === 'harrow' ? fileURLToPath(new URL('.', import.meta.url)) : from
    clientPackage(known.packageName, base)
    return node([...loaderArgs(), driverFile(), asked, base])
  }
  const file = resolve(asked)
  if (!/[./\\]/.test(asked) || !existsSync(file)) {
    const names = Object.keys(subjects)
    throw new SubjectError(
      `--subject ${asked}: no such client${didYouMean(asked, names)}, and no such file; known: ${names.join(', ')}, ./my-producer.ts, "exec: command"`,
    )
  }
  return node([...loaderArgs(file), driverFile(), file, from])
}

/** From source beside this file; built, beside the command. */
function driverFile(): string {
  const source = fileURLToPath(new URL('./driver.ts', import.meta.url))
  return existsSync(source) ? source : fileURLToPath(new URL('./driver.mjs', import.meta.url))
}

/** TypeScript runs by itself from Node 22.18 on; before, through the user's tsx. */
function loaderArgs(file?: string): string[] {
  const isSource = driverFile().endsWith('.ts')
  const isTypeScript = file !== undefined && ['.ts', '.mts', '.cts'].includes(extname(file))
  if (!isSource && (!isTypeScript || 'typescript' in process.features)) return []
  const requirer = isSource ? driverFile() : (file ?? driverFile())
  const conditions = isSource ? ['--conditions=@harrow/source'] : []
  try {
    const tsx = createRequire(pathToFileURL(join(requirer))).resolve('tsx/esm')
    return [...conditions, '--import', pathToFileURL(tsx).href]
  } catch {
    throw new SubjectError(`${file ?? requirer}: this Node cannot run TypeScript by itself: npm install --save-dev tsx`)
  }
}
