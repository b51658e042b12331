// The same seeds leave the same traces on another major version of Node: `tsx tools/same-on-node.ts 24 200`.
// Prints a skip and succeeds when that Node cannot be had.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [major = '24', seeds = '200'] = process.argv.slice(2)
const cli = fileURLToPath(new URL('../packages/harness/src/cli.ts', import.meta.url))
const explore = ['--import', 'tsx', '--conditions=@harrow/source', cli, 'explore', '--seeds', seeds, '--trace-hash']
const npx = ['-y', '--package', `node@${major}`, '--', 'node']

function tracesOf(command: string, args: readonly string[]): string {
  const printed = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const traces = /^traces ([0-9a-f]{16})$/m.exec(printed)?.[1]
  if (traces === undefined) throw new Error(`no trace hash in:\n${printed}`)
  return traces
}

/** Undefined when npm cannot fetch it. */
function otherVersion(): string | undefined {
  try {
    return execFileSync('npx', [...npx, '--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

const other = otherVersion()
if (other?.startsWith(`v${major}.`) !== true) {
  console.log(`skipped: traces on Node ${major}: npm cannot fetch it here`)
} else {
  const here = tracesOf(process.execPath, explore)
  const there = tracesOf('npx', [...npx, ...explore])
  console.log(`traces of ${seeds} seeds: ${here} on Node ${process.version}, ${there} on Node ${other}`)
  if (here !== there) process.exitCode = 1
}
