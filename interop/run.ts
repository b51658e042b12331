import { parts } from './parts.ts'
import { InteropRun } from './step.ts'

/**
 * `pnpm interop [part...] [--refresh]`: lets outsiders judge us. Without names, every part runs. `--refresh` writes what
 * the real brokers said into the files that `pnpm test` compares with.
 *
 * Exit code 0: nothing we could run disagreed (what could not run is listed). 1: something disagreed. 2: bad arguments.
 */
async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('--'))
  const unknown = [
    ...names.filter((name) => !parts.some((part) => part.name === name)),
    ...args.filter((arg) => arg.startsWith('--') && arg !== '--refresh'),
  ]
  if (unknown.length > 0) {
    console.error(`interop: unknown ${unknown.join(', ')}. Parts: ${parts.map((part) => part.name).join(', ')}`)
    return 2
  }
  const run = new InteropRun({ refresh: args.includes('--refresh'), print: (line) => console.log(line) })
  for (const part of parts) {
    if (names.length > 0 && !names.includes(part.name)) continue
    await run.part(part.name, part.about, () => part.run(run))
  }
  console.log(`\n${run.summary()}`)
  return run.failures.length > 0 ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
