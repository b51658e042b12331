import { spawn, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { MockCluster } from '../src/index.ts'

const isInstalled = spawnSync('python3', ['--version']).status === 0

test('control: a test in Python adds a fault, waits for its hit, moves a leader and asks the oracle', async ({
  annotate,
}) => {
  if (!isInstalled) return void (await annotate('skipped: python3 is not installed'))
  await using cluster = await MockCluster.start({ brokers: 3, topics: { orders: 3 } })
  const { url } = await cluster.serveControl()
  const script = new URL('../examples/control_from_python.py', import.meta.url).pathname
  const { code, said } = await new Promise<{ code: number | null; said: string }>((resolve, reject) => {
    // Without bytecode: the folder stays as it is.
    const child = spawn('python3', ['-B', script], { env: { ...process.env, HARROW: url } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        said += String(text)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, said }))
  })
  expect(said).toContain('Ran 4 tests')
  expect({ code, said }).toMatchObject({ code: 0 })
}, 30_000)
