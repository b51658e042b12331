import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../cache-folder.ts'
import { mustRun, runCommand } from '../command.ts'
import { lastLine, Skip } from '../step.ts'

/**
 * The python of a virtual environment with these packages from PyPI, made once and remembered under its id. Throws Skip
 * without python3, or when pip cannot have them.
 */
export async function pythonEnvironment(id: string, requirements: readonly string[]): Promise<string> {
  const folder = join(cacheFolder('python'), id)
  const python = join(folder, 'bin', 'python')
  const installed = join(folder, 'installed')
  if (existsSync(installed)) return python
  const made = await runCommand('python3', ['-m', 'venv', folder])
  if (made === undefined) throw new Skip('no python3 on this machine')
  if (made.exitCode !== 0) throw new Skip(`python3 -m venv: ${lastLine(made.stdout + made.stderr)}`)
  const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--only-binary', ':all:', ...requirements]
  const result = await runCommand(python, pip, { timeoutMs: 90_000 })
  if (result?.exitCode !== 0) throw new Skip(`pip could not install it: ${lastLine(result?.stderr ?? '')}`)
  await mustRun('touch', [installed])
  return python
}
