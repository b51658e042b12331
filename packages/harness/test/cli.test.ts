import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { main } from '../src/commands/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'harrow-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

const cluster = 'cluster: { topics: { orders: 1 } }'
const workload = 'workload: [{ produce: { topic: orders, records: 5 } }, { flush: { within: 5s } }]'
const files = {
  good: file('good.yaml', ['name: Five records arrive', cluster, workload, 'expect: [{ delivered: all }]']),
  bad: file('bad.yaml', ['name: Five records do not arrive', cluster, workload, 'expect: [{ delivered: none }]']),
  broken: file('broken.yaml', ['name: A slip', cluster, workload, 'exepct: [{ delivered: all }]']),
  cluster: file('cluster.yaml', [
    'cluster:',
    '  topics: { orders: { replicas: 3 } }',
    'faults:',
    '  - do: { drpo: response }',
  ]),
  slow: file('slow.yaml', ['name: A long pause', cluster, 'workload: [{ pause: 50s }]']),
}

function file(name: string, lines: string[]): string {
  const path = join(folder, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** The command in this process: fast, for everything but the process itself. */
async function harrow(...args: string[]) {
  const written = { out: '', err: '' }
  const code = await main(args, '1.2.3', {
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
    colour: false,
    env: {},
    interrupted: new AbortController().signal,
  })
  return { code, ...written }
}

/** The command in a process of its own, from source. `until` sees stdout and stderr as they grow. */
function spawned(
  args: string[],
  until: (output: { out: string; err: string }, kill: (signal: 'SIGINT' | 'SIGTERM') => void) => void = () => {},
  env: Record<string, string> = { NO_COLOR: '1' },
) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const cli = new URL('../src/cli.ts', import.meta.url).pathname
    const child = spawn(process.execPath, ['--conditions=@harrow/source', '--import', 'tsx', cli, ...args], {
      cwd: new URL('../../..', import.meta.url).pathname,
      // Where these tests run must not show.
      env: { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '', ...env },
    })
    const output = { out: '', err: '' }
    const grown = (name: 'out' | 'err') => (chunk: Buffer) => {
      output[name] += chunk.toString()
      until(output, (signal) => child.kill(signal))
    }
    child.stdout.on('data', grown('out'))
    child.stderr.on('data', grown('err'))
    child.on('close', (code) => resolve({ code, ...output }))
  })
}

test('harrow: a reader that has seen enough (`| head`) ends the command without a stack trace', async () => {
  const cli = new URL('../src/cli.ts', import.meta.url).pathname
  const cwd = new URL('../../..', import.meta.url).pathname
  const child = spawn(process.execPath, ['--conditions=@harrow/source', '--import', 'tsx', cli, 'schema'], { cwd })
  // Before it writes anything.
  child.stdout.destroy()
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect({ code, err }).toEqual({ code: 130, err: '' })
}, 30_000)

// What every write fails to, as on a full disk.
const full = '/dev/full'
const hasFull = existsSync(full)

test.skipIf(!hasFull)(
  'harrow run: a report that cannot be written is no failed scenario, and exits with 3',
  async () => {
    for (const option of [`--report=${full}`, `--reporter=json=${full}`]) {
      const { code, err } = await harrow('run', files.good, option)
      expect([code, err], option).toEqual([3, expect.stringContaining('ENOSPC')])
    }
  },
)

test.skipIf(!hasFull)(
  'harrow run: standard output on a full disk exits with 3 (it was 1: a scenario failed)',
  async () => {
    const cli = new URL('../src/cli.ts', import.meta.url).pathname
    const cwd = new URL('../../..', import.meta.url).pathname
    const disk = openSync(full, 'w')
    const args = ['--conditions=@harrow/source', '--import', 'tsx', cli, 'run', files.good]
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', disk, 'pipe'] })
    closeSync(disk)
    let err = ''
    child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, err }).toEqual({ code: 3, err: expect.stringMatching(/^harrow: ENOSPC.*\n$/) })
  },
  30_000,
)

test('harrow: help and version go to stdout and are fine', async () => {
  const help = await harrow('--help')
  expect(help).toMatchObject({ code: 0, err: '' })
  for (const command of ['run', 'validate', 'broker', 'schema'])
    expect(help.out).toMatch(new RegExp(`^ {2}${command} `, 'm'))
  expect(await harrow('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' })
  expect((await harrow('run', '--help')).out).toContain('Usage: harrow run <files, folders or globs...> [options]')
})

test.each([
  [[], /^harrow: prove/],
  [['rnu'], /^harrow: unknown command rnu, did you mean "run"\?/],
  [['--verison'], /^harrow: unknown option --verison, did you mean "--version"\?/],
  [['run'], /^harrow: harrow run needs files/],
  [['run', files.good, '--wrold', 'tcp'], /^harrow: unknown option --wrold, did you mean "--world"\?/],
  [['run', files.good, '--world', 'tpc'], /^harrow: --world tpc: expected simulated, tcp, all, did you mean "tcp"\?/],
  [['run', files.good, '--seed', 'x'], /^harrow: --seed x: expected a whole number/],
  [['run', files.good, '-t', 'nothing'], /^harrow: -t nothing: none of 1 scenarios/],
  [['run', join(folder, 'nowhere')], /nowhere: no such file or folder/],
  [['broker', 'orders'], /^harrow: harrow broker takes no orders: topics are given as --topic orders/],
  [['broker', '--topic', 'orders:0'], /^harrow: --topic orders:0: expected name, name:partitions or/],
  [
    ['broker', '--topic', 'orders:1,min.insync.replicsa=2'],
    /unknown key "min.insync.replicsa", did you mean "min.insync.replicas"/,
  ],
  [['broker', '--config', join(folder, 'nowhere.yaml')], /nowhere.yaml: ENOENT/],
  [
    ['broker', '--config', files.cluster],
    /cluster.yaml:2:33: must be at most the number of brokers, 1, not 3\n.*cluster.yaml:4:17: .*"drpo", did you mean "drop"/,
  ],
  [['broker', '--control-port', 'x'], /^harrow: --control-port x: expected a whole number/],
  [
    ['broker', '--fault', '{ on: { apy: Produce }, do: { drop: response } }'],
    /unknown key "apy", did you mean "api"\?/,
  ],
])('harrow %j: wrong usage is told on stderr and exits with 2', async (args, message) => {
  expect(await harrow(...args)).toEqual({ code: 2, out: '', err: expect.stringMatching(message) })
})

test('harrow run: a scenario that holds exits with 0', async () => {
  expect(await harrow('run', files.good)).toEqual({
    code: 0,
    err: '',
    out: expect.stringMatching(
      /^passed {2}simulated Five records arrive \(5 records, \d+ requests; .* virtual, .* real\)\n\n1 passed in /,
    ),
  })
})

test('harrow run: a scenario that fails exits with 1 and prints the line that replays it', async () => {
  const { code, out } = await harrow('run', files.bad, '--seed', '42')
  expect(code).toBe(1)
  expect(out).toContain('  delivered 5 of 5 records were delivered, expected none\n')
  expect(out).toContain(`  replay harrow run ${files.bad} --world simulated --seed 42\n`)
})

test('harrow run: an invalid file exits with 2 before anything runs', async () => {
  expect(await harrow('run', files.good, files.broken)).toEqual({
    code: 2,
    out: '',
    err: `${files.broken}:4:1: unknown key "exepct", did you mean "expect"?\n`,
  })
})

test('harrow run: --list names what would run, --bail stops at the first failure', async () => {
  const list = await harrow('run', files.good, files.bad, '--list', '--world', 'all')
  expect(list.out.split('\n').map((line) => line.split('  ')[1])).toEqual([
    'simulated',
    'tcp',
    'simulated',
    'tcp',
    undefined,
  ])
  expect((await harrow('run', files.bad, files.good, '--bail')).out).toContain('0 passed, 1 failed in')
  expect((await harrow('run', files.bad, files.good)).out).toContain('1 passed, 1 failed in')
})

test('harrow run: json is one document on stdout', async () => {
  const { code, out, err } = await harrow('run', files.good, files.bad, '--reporter', 'json')
  expect({ code, err }).toEqual({ code: 1, err: '' })
  const document = JSON.parse(out)
  expect(document).toMatchObject({ passed: 1, failed: 1 })
  expect(document.results[0]).toMatchObject({
    outcome: 'failed',
    seed: 1,
    traceHash: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
})

test('harrow run: several reporters at once, all but one into files', async () => {
  const report = join(folder, 'report.xml')
  const { code, out } = await harrow('run', files.good, files.bad, '--reporter', 'tap', '--reporter', `junit=${report}`)
  expect([code, out.split('\n')[0]]).toEqual([1, 'TAP version 14'])
  expect(readFileSync(report, 'utf8')).toContain('tests="2" failures="1"')
})

test.each([
  [['--reporter', 'tap', '--reporter', 'json'], 'only one can write to the terminal'],
  [['--reporter', 'junit='], 'which file?'],
  [['--reporter', 'junt'], 'did you mean "junit"?'],
  [['--shard', '3/2'], 'expected i/n'],
  [['--shard', 'x'], 'expected i/n'],
])('harrow run: %j is wrong usage', async (args, complaint) => {
  const { code, err } = await harrow('run', files.good, ...args)
  expect([code, err]).toEqual([2, expect.stringContaining(complaint)])
})

test('harrow run: the shards together are everything, once', async () => {
  const list = async (...args: string[]): Promise<string[]> => {
    const { out } = await harrow('run', files.good, files.bad, '--world', 'all', '--list', ...args)
    return out.split('\n').filter((line) => line !== '')
  }
  const shards = await Promise.all([1, 2, 3].map((index) => list('--shard', `${index}/3`)))
  expect(shards.map((shard) => shard.length)).toEqual([2, 1, 1])
  expect(shards.flat().sort()).toEqual((await list()).sort())
})

test('harrow validate: says how many are valid, or what is wrong', async () => {
  expect(await harrow('validate', files.good)).toEqual({ code: 0, out: '1 scenario is valid\n', err: '' })
  expect(await harrow('validate', files.broken)).toMatchObject({ code: 2, out: '' })
})

test('harrow schema: is draft 7 and knows every step and expectation', async () => {
  const schema = JSON.parse((await harrow('schema')).out)
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
  const keysOf = (branches: { anyOf: { required: string[] }[] }) => branches.anyOf.flatMap((one) => one.required)
  expect(keysOf(schema.definitions.step)).toEqual(['produce', 'flush', 'until', 'pause', 'parallel', 'close'])
  expect(schema.properties.workload.items).toEqual({ $ref: '#/definitions/step' })
  expect(keysOf(schema.properties.expect.items)).toContain('delivered')
  expect(Object.keys(schema.properties.producer.properties)).toContain('linger.ms')
})

test('harrow broker: prints one line, takes connections, and ends with 0 on SIGINT', async () => {
  let connected = false
  const { code, out } = await spawned(
    ['broker', '--brokers', '2', '--topic', 'orders:6', '--port', '0'],
    ({ out }, kill) => {
      const port = /^bootstrap\.servers=127\.0\.0\.1:(\d+),127\.0\.0\.1:\d+\n$/.exec(out)?.[1]
      if (port === undefined || connected) return
      connected = true
      const socket = connect(Number(port), '127.0.0.1', () => kill('SIGINT'))
      socket.on('error', () => {})
    },
  )
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^bootstrap\.servers=[\d.:,]+\n$/) })
  expect(connected).toBe(true)
}, 30_000)

test('harrow broker: plays the cluster and the faults of a file, logs JSON, is controlled over HTTP, ends with 0 on SIGTERM', async () => {
  const path = file('play.yaml', [
    'cluster: { brokers: 2, topics: { orders: { partitions: 3, config: { min.insync.replicas: 2 } } } }',
    'faults: [{ name: deaf, on: { api: Produce }, do: { drop: request } }]',
  ])
  let asked: Promise<unknown[]> | undefined
  const { code, err } = await spawned(
    ['broker', '--config', path, '--port', '0', '--control-port', '0', '--log', 'json'],
    ({ out }, kill) => {
      const url = /^control=(http:\/\/127\.0\.0\.1:\d+)\n/m.exec(out)?.[1]
      if (url === undefined || asked !== undefined) return
      const get = async (path: string) => (await fetch(url + path)).json()
      asked = Promise.all([get('/v1/cluster'), get('/v1/faults'), get('/proxies')])
      void asked.finally(() => kill('SIGTERM'))
    },
  )
  expect(await asked).toMatchObject([
    { topics: [{ name: 'orders', partitions: 3 }], brokers: [{ id: 1 }, { id: 2 }] },
    { faults: [{ name: 'deaf', hits: 0 }] },
    { 'broker-1': { enabled: true } },
  ])
  expect(code).toBe(0)
  const logged = err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(logged.filter(({ msg }) => msg === 'broker-started').map(({ broker }) => broker)).toEqual([1, 2])
}, 30_000)

test("harrow broker: a port in use is not the caller's grammar, and exits with 3", async () => {
  const { code, err } = await new Promise<{ code: number | null; err: string }>((resolve) => {
    let second: Promise<{ code: number | null; err: string }> | undefined
    void spawned(['broker', '--port', '0'], ({ out }, kill) => {
      const port = /:(\d+)\n$/.exec(out)?.[1]
      if (port === undefined || second !== undefined) return
      second = spawned(['broker', '--port', port])
      void second.then((result) => {
        kill('SIGINT')
        resolve(result)
      })
    })
  })
  expect(code).toBe(3)
  expect(err).toMatch(/in use|EADDRINUSE/)
}, 30_000)

test('harrow run: SIGINT ends it at once with 130', async () => {
  let sent = false
  const { code } = await spawned(['run', files.good, files.slow, '--world', 'tcp'], ({ out }, kill) => {
    if (sent || !out.includes('passed')) return
    sent = true
    kill('SIGINT')
  })
  expect(code).toBe(130)
}, 30_000)

test.each([
  [0, [files.good]],
  [2, [files.good, files.broken]],
])(
  'harrow run: its process exits with %i for %j',
  async (code, args) => {
    expect(await spawned(['run', ...args])).toMatchObject({ code })
  },
  30_000,
)

test('harrow run: NO_COLOR wins over FORCE_COLOR, in the process itself', async () => {
  const coloured = await spawned(['run', files.bad], undefined, { FORCE_COLOR: '1', NO_COLOR: '' })
  expect([coloured.code, coloured.out]).toEqual([1, expect.stringContaining('\x1b[31mfailed \x1b[0m')])
  const plain = await spawned(['run', files.bad], undefined, { FORCE_COLOR: '1', NO_COLOR: '1' })
  expect(plain.out + plain.err).not.toContain('\x1b')
}, 120_000)

test('harrow run: with workers the report is the same, in the same order', async () => {
  const args = ['run', files.bad, files.good, '--world', 'all', '--reporter', 'tap']
  const alone = await harrow(...args)
  const { code, out } = await spawned([...args, '--workers', '2'])
  const verdicts = (text: string) => text.match(/^(not ok|ok|1\.\.).*/gm)
  expect(verdicts(out)).toEqual(verdicts(alone.out))
  expect(verdicts(out)).toHaveLength(5)
  expect(code).toBe(1)
}, 120_000)

test('harrow run: SIGINT ends workers, too', async () => {
  let sent = false
  const { code, out } = await spawned(
    ['run', files.good, files.slow, '--world', 'tcp', '--workers', '2'],
    ({ out }, kill) => {
      if (sent || !out.includes('passed')) return
      sent = true
      kill('SIGINT')
    },
  )
  expect([code, out]).toEqual([130, expect.stringMatching(/\n\n1 passed/)])
}, 120_000)

test('harrow run: --watch runs again what has changed, lives through mistakes, and ends with 130', async () => {
  const [one, two] = ['one', 'two'].map((name) =>
    file(`watched-${name}.yaml`, [`name: The ${name}`, cluster, workload, 'expect: [{ delivered: all }]']),
  ) as [string, string]
  const acts: [wanted: RegExp, act: () => void][] = [
    [
      /passed .*The one[\s\S]*passed .*The two/,
      () => writeFileSync(two, readFileSync(two, 'utf8').replace('all', 'none')),
    ],
    [/^failed .*The two/m, () => writeFileSync(one, readFileSync(one, 'utf8').replace('expect', 'exepct'))],
  ]
  let step = 0
  const { code, out, err } = await spawned(['run', one, two, '--watch'], ({ out, err }, kill) => {
    const [wanted, act] = acts[step] ?? []
    const rounds = err.split('watching 2 files').length - 1
    if (wanted?.test(out) && rounds > step) {
      step++
      act?.()
    } else if (step === acts.length && err.includes('did you mean "expect"?')) kill('SIGINT')
  })
  expect(code).toBe(130)
  expect([out.match(/The one/g)?.length, out.match(/The two/g)?.length]).toEqual([1, 2])
  expect(err).toContain(`changed: ${two}\n`)
  expect(err).toContain(`${one}:4:1: unknown key "exepct"`)
}, 120_000)

test.each([
  [['--watch', '--shard', '1/2'], '--watch does not go with --shard'],
  [['--watch', '--list'], '--watch does not go with --list'],
  [['--workers', '0'], '--workers 0: expected a whole number'],
  [['--reporter', `json=${join(folder, 'nowhere', 'report.json')}`], 'report.json: ENOENT'],
])('harrow run: %j is refused before anything runs', async (args, complaint) => {
  const { code, out, err } = await harrow('run', files.good, ...args)
  expect([code, out, err]).toEqual([2, '', expect.stringContaining(complaint)])
})

test('harrow run: in GitHub Actions there are annotations and a step summary, behind what is there', async () => {
  const summary = join(folder, 'summary.md')
  writeFileSync(summary, 'of the step before\n')
  const { code, out } = await spawned(['run', files.good, files.bad], undefined, {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summary,
  })
  expect(code).toBe(1)
  expect(out).toContain(`::error file=${files.bad},line=1,title=Five records do not arrive (simulated)::`)
  const text = readFileSync(summary, 'utf8')
  expect(text).toMatch(/^of the step before\n### Scenarios: 1 passed, 1 failed in /)
  expect(text).toContain('<details open><summary>failed: Five records do not arrive (simulated)</summary>')
}, 120_000)
