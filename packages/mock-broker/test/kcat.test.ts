import { spawn, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { MockCluster } from '../src/index.ts'

/** kcat is librdkafka with a command line. Where it is not installed, this says so and checks nothing. */
const isInstalled = spawnSync('kcat', ['-V']).status === 0

test('kcat: lists, produces to and consumes from the cluster', async ({ annotate }) => {
  if (!isInstalled) return void (await annotate('skipped: kcat is not installed (Debian: apt-get install kcat)'))
  await using cluster = await MockCluster.start({ brokers: 3, topics: { orders: { partitions: 6 } } })

  const listing = await kcat(['-b', cluster.bootstrapServers, '-L'])
  expect(listing).toContain('3 brokers:')
  expect(listing).toContain('topic "orders" with 6 partitions')

  const lines = ['k1:one', 'k2:two', 'k1:three']
  const producing = ['-X', 'enable.idempotence=true', '-H', 'origin=kcat', '-z', 'lz4']
  await kcat(['-b', cluster.bootstrapServers, '-P', '-t', 'orders', '-K', ':', ...producing], `${lines.join('\n')}\n`)
  const stored = cluster.records('orders')
  expect(stored.map(({ key, value }) => `${decode(key)}:${decode(value)}`).sort()).toEqual([...lines].sort())
  expect(stored.every(({ producerId }) => producerId >= 0n)).toBe(true)

  const consumed = await kcat(['-b', cluster.bootstrapServers, '-C', '-t', 'orders', '-e', '-q', '-f', '%k:%s %h\\n'])
  expect(consumed.trim().split('\n').sort()).toEqual(lines.map((line) => `${line} origin=kcat`).sort())
  expect(cluster.findings).toEqual([])
})

/** Runs kcat; its standard output. Not `spawnSync`: the cluster lives in this process and has to answer meanwhile. */
function kcat(args: string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('kcat', args)
    let out = ''
    let complaints = ''
    child.stdout.on('data', (text) => {
      out += String(text)
    })
    child.stderr.on('data', (text) => {
      complaints += String(text)
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`kcat ${args.join(' ')}: ${complaints}`)),
    )
    child.stdin.end(input)
  })
}

function decode(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : new TextDecoder().decode(bytes)
}
