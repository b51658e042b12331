import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { added, emptyTally, explore, type Tally, tracesHash } from '../src/explore/explorer.ts'

// A trace hash covers every number and word of every event, in order. What makes it differ is a side door: a clock, a
// shared counter, the order in which something was first used, the engine's version.
const from = 100
const seeds = 12
const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))

let here: Tally

beforeAll(async () => {
  here = await explore({ from, seeds, hashesTraces: true })
})

test('determinism: seeds run backwards leave the same traces', async () => {
  let backwards = emptyTally()
  for (let seed = from + seeds - 1; seed >= from; seed--)
    backwards = added(backwards, await explore({ from: seed, seeds: 1, hashesTraces: true }))
  expect(backwards).toEqual(here)
})

test('determinism: other seeds leave other traces', async () => {
  expect(tracesHash(await explore({ from: from + 1, seeds, hashesTraces: true }))).not.toBe(tracesHash(here))
})

test('determinism: another process leaves the same traces, whether one thread runs the seeds or three', async () => {
  const [one, three] = await Promise.all([printed(['--workers', '1']), printed(['--workers', '3'])])
  expect(one).toContain(`traces ${tracesHash(here)}`)
  expect(three).toContain(`traces ${tracesHash(here)}`)
})

test('determinism: shards of a campaign, merged, are the whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harrow-'))
  const reports = [1, 2].map((shard) => join(folder, `${shard}.json`))
  await Promise.all(reports.map((report, i) => printed(['--shard', `${i + 1}/2`, '--report', report])))
  const merged = await harrow(['explore', 'merge', ...reports])
  expect(merged).toContain(`traces ${tracesHash(here)}`)
  expect(merged).toContain(`${seeds} seeds from ${from} to ${from + seeds - 1}: no law broken`)
})

function printed(options: readonly string[]): Promise<string> {
  return harrow(['explore', '--from', `${from}`, '--seeds', `${seeds}`, '--trace-hash', ...options])
}

async function harrow(args: readonly string[]): Promise<string> {
  const node = ['--import', 'tsx', '--conditions=@harrow/source', cli, ...args]
  const { stdout } = await promisify(execFile)(process.execPath, node)
  return stdout
}
