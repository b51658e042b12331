/**
 * `pnpm bench:start`: how long a mock cluster of three brokers takes from its start to its first Metadata answer, in this
 * process, and the built `harrow broker` from the start of its process until it says where it listens.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { MockCluster } from '@harrow/mock-broker'
import { encodeRequest, metadata } from '@harrow/protocol'
import { spread } from './rounds.ts'

const question = encodeRequest(metadata, 12, { correlationId: 1, clientId: 'bench' }, { topics: null })

async function inProcess(): Promise<number> {
  const startMs = performance.now()
  const cluster = await MockCluster.start({ brokers: 3, topics: { orders: 6 } })
  const [host = '', port = ''] = (cluster.bootstrapServers.split(',')[0] ?? '').split(':')
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(question))
    socket.once('error', reject)
    socket.once('data', () => {
      socket.destroy()
      resolve()
    })
  })
  const tookMs = performance.now() - startMs
  await cluster.stop()
  return tookMs
}

function started(argv: readonly string[], isReady: (output: string) => boolean): Promise<number> {
  const startMs = performance.now()
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let output = ''
    child.on('error', reject)
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (!isReady(output)) return
      resolve(performance.now() - startMs)
      child.kill()
    })
    child.on('close', () => reject(new Error(`${argv[0]} ended: ${output}`)))
  })
}

async function shown(name: string, times: number, run: () => Promise<number>): Promise<void> {
  const tooks: number[] = []
  for (let i = 0; i < times; i++) tooks.push(await run())
  const { median, min, max } = spread(tooks)
  console.log(`${name}: ${median.toFixed(2)} ms (${min.toFixed(2)}-${max.toFixed(2)}), ${times} times`)
}

for (let i = 0; i < 20; i++) await inProcess()
await shown('in process, to the first Metadata answer', 101, inProcess)
await shown('bare node', 11, () => started(['-e', 'console.log(1)'], (output) => output.includes('1')))
const cli = join(import.meta.dirname, '..', 'packages', 'harness', 'dist', 'cli.mjs')
if (existsSync(cli)) {
  const listening = (output: string): boolean => /127\.0\.0\.1:\d+/.test(output)
  await shown('harrow broker, built', 11, () => started([cli, 'broker', '--brokers', '3'], listening))
} else console.log('harrow broker: not built (pnpm build)')
