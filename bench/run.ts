import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { nodeOf, thisNode } from './node-binary.ts'
import { bindings, harrow, installBinding, type Peer, type PeerName, peer, peerNames } from './peers.ts'
import { canPin } from './processes.ts'
import { bundlePrograms } from './programs.ts'
import { thisMachine } from './report/machine.ts'
import { textTable } from './report/text-table.ts'
import { type Measured, playRounds } from './rounds.ts'
import { workloads } from './workloads.ts'

const usage = `pnpm bench [name...] [--compare peer,...|all] [--rounds 5] [--json file] [--node 24] [--list] [--install]

  name        what to measure; without one, everything. A name ending in * is a prefix.
  --compare   other clients in the same rounds: ${peerNames.join(', ')}
  --rounds    how often; the median counts
  --node      a major version of Node to run the clients with, from npm; zstd needs 23 or newer
  --json      the results as a file, for pnpm bench:report
  --install   builds node-rdkafka and Confluent's client from their npm source, outside the tree`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      compare: { type: 'string', default: '' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'string' },
      node: { type: 'string' },
      list: { type: 'boolean', default: false },
      install: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help || values.list) {
    console.log(values.help ? usage : workloads.map(({ name, title }) => `${name.padEnd(14)} ${title}`).join('\n'))
    return 0
  }
  if (values.install) {
    for (const name of bindings) console.log(`${name}: ${installBinding(name) ?? 'built'}`)
    return 0
  }
  const rounds = Number(values.rounds)
  const compare = values.compare === 'all' ? [...peerNames] : values.compare.split(',').filter((name) => name !== '')
  const chosen = workloads.filter(
    ({ name }) => positionals.length === 0 || positionals.some((asked) => matches(asked, name)),
  )
  const unknown = [
    ...compare.filter((name) => !peerNames.includes(name as PeerName)),
    ...positionals.filter((asked) => !workloads.some(({ name }) => matches(asked, name))),
  ]
  if (unknown.length > 0 || !(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100)) {
    console.error(unknown.length > 0 ? `bench: unknown ${unknown.join(', ')}\n\n${usage}` : usage)
    return 2
  }

  const node = values.node === undefined ? thisNode : nodeOf(values.node)
  if (node === undefined) {
    console.error(`bench: npm cannot fetch Node ${values.node} here`)
    return 2
  }
  const program = await bundlePrograms()
  const drivers = { node, program }
  const peers = new Map<string, Peer>([['harrow', harrow(drivers)]])
  const missing: string[] = []
  for (const name of compare as PeerName[]) {
    const found = peer(name, drivers)
    if ('missing' in found) missing.push(`${name}: ${found.missing}`)
    else peers.set(name, found)
  }
  for (const line of missing) console.log(`not here: ${line}`)
  if (!canPin)
    console.log('producer and sink share their cores here (no taskset, or one core): trust nothing but the order')
  const results: Record<string, Measured[]> = {}
  for (const workload of chosen) {
    const measured = await playRounds(workload, peers, { rounds, program, print: console.log })
    results[workload.name] = measured
    console.log(`\n${workload.name}: ${workload.title}\n${textTable(measured)}`)
    // After each workload, so that a run that is cut short has told what it knew.
    if (values.json !== undefined) {
      const command = [
        'pnpm bench',
        ...positionals,
        ...(compare.length === 0 ? [] : [`--compare ${values.compare}`]),
        `--rounds ${rounds}`,
        ...(values.node === undefined ? [] : [`--node ${values.node}`]),
      ].join(' ')
      const versions = Object.fromEntries([...peers.values()].map(({ name, version }) => [name, version]))
      writeFileSync(
        values.json,
        `${JSON.stringify({ machine: { ...thisMachine(), node: node.version }, command, rounds, versions, missing, results }, null, 2)}\n`,
      )
    }
  }
  return 0
}

function matches(asked: string, name: string): boolean {
  return asked.endsWith('*') ? name.startsWith(asked.slice(0, -1)) : asked === name
}

process.exitCode = await main()
