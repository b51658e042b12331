import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { nodeRuntime } from '@harrow/runtime/node'
import { expect, onTestFinished, test } from 'vitest'
import { runScenario, type Scenario, type ScenarioResult } from '../src/index.ts'
import { parseScenario } from '../src/scenario/parse.ts'
import { chooseSubject } from '../src/subjects/choose.ts'
import { SubjectProcess } from '../src/subjects/subject-process.ts'
import { SubjectProducer } from '../src/subjects/subject-producer.ts'
import { MeteredRuntime } from '../src/worlds/metered-runtime.ts'
import { Session } from '../src/worlds/session.ts'

const here = join(import.meta.dirname, '..')

/** An ack is lost, and nobody asks for idempotence: whoever sends again writes it twice. */
const lostAck: Scenario = {
  name: 'lost ack',
  cluster: { brokers: 2, topics: { orders: { partitions: 2, replicas: 2 } } },
  producer: { 'enable.idempotence': false, 'request.timeout.ms': 300, 'delivery.timeout.ms': 8_000 },
  workload: [{ produce: { topic: 'orders', records: 4, partition: 'round-robin' } }, { flush: null }],
  faults: [{ name: 'lose an ack', on: { api: 'Produce', nth: 1 }, do: { disconnect: 'after-handling' } }],
  expect: [{ delivered: 'all' }, { duplicates: { min: 1 } }],
}

function against(asked: string, scenario: Scenario = lostAck, realMsMax = 25_000): Promise<ScenarioResult> {
  return runScenario(scenario, { world: 'tcp', subject: chooseSubject(asked, here), realMsMax })
}

/** A driver in a few lines: `say` writes a line, `on` has what to do for each type of line. */
function driver(body: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'harrow-driver-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'driver.mjs')
  const settings = {
    acks: '',
    'enable.idempotence': '',
    'max.in.flight.requests.per.connection': '',
    'delivery.timeout.ms': '',
  }
  writeFileSync(
    file,
    `import { createInterface } from 'node:readline'
     const say = (line) => process.stdout.write(JSON.stringify(line) + '\\n')
     const hello = { type: 'hello', protocol: 1, name: 'fake', version: '7', settings: ${JSON.stringify(settings)} }
     const on = { start() { say({ type: 'ready' }) }, send() {}, flush({ id }) { say({ type: 'done', id }) }, close({ id }) { say({ type: 'done', id }) } }
     ${body}
     say(hello)
     createInterface({ input: process.stdin }).on('line', (text) => { const line = JSON.parse(text); on[line.type](line) })`,
  )
  return `exec: ${process.execPath} ${file}`
}

const quiet: Scenario = {
  name: 'quiet',
  cluster: { brokers: 1, topics: { orders: 1 } },
  workload: [{ produce: { topic: 'orders', records: 3 } }, { flush: null }],
  expect: [{ errors: 'none' }],
}

/** Two producers of one partition, of which one loses an answer. */
const two: Scenario = {
  name: 'two',
  cluster: { brokers: 1, topics: { orders: 1 } },
  producers: { billing: { 'enable.idempotence': false }, shipping: { 'enable.idempotence': false } },
  workload: [
    { produce: { topic: 'orders', records: 5 }, producer: 'all' },
    { flush: null, producer: 'all' },
  ],
  faults: [
    { name: 'lose an ack', on: { api: 'Produce', clientId: 'billing', nth: 1 }, do: { disconnect: 'after-handling' } },
  ],
  expect: [{ delivered: 'all' }, { delivered: 5, producer: 'shipping' }],
}

const brokenLaws = ({ verdicts }: ScenarioResult): string[] =>
  verdicts.filter(({ violations }) => violations.length > 0).map(({ law }) => law)
const unbound = ({ verdicts }: ScenarioResult, name: string): string | undefined =>
  verdicts.find(({ law }) => law === name)?.unbound

const driverToCopy = `exec: cd ${here} && ${process.execPath} ../../examples/drivers/node/driver.mjs`

test.concurrent.each([
  ['harrow', 'harrow 0.1.0'],
  ['kafkajs', 'kafkajs 2.2.4'],
  ['platformatic', '@platformatic/kafka 1.35.0'],
  [driverToCopy, 'kafkajs by hand'],
])('subjects: %s sends again when an ack is lost', async (asked, name) => {
  const result = await against(asked)
  expect(brokenLaws(result)).toEqual([])
  expect(result).toMatchObject({ outcome: 'passed', subject: name, counts: { records: 4, acknowledged: 4 } })
})

test.concurrent('exec: when a run is over no timer keeps the command alive, not even the one for the hello', async () => {
  const parsed = parseScenario(quiet)
  if ('issues' in parsed) throw new Error('no scenario')
  const runtime = new MeteredRuntime(nodeRuntime({ seed: 1 }), () => {})
  const process = new SubjectProcess(chooseSubject(driverToCopy, here).command, { HARROW_PROTOCOL: '1' })
  const options = { clock: runtime.clock, process, needs: undefined, realMsMax: 30_000 }
  const session = new Session(runtime, parsed.scenario, {
    world: 'tcp',
    seed: 1,
    timerSlackMs: 1_000,
    makeProducer: (one, around) => new SubjectProducer(one, options, around),
  })
  await new Promise<void>((resolve) => {
    session.onOver = resolve
    session.start()
  })
  expect(session.result([]).history.cutShort).toBeUndefined()
  expect(runtime.pendingTimers).toBe(0)
})

test.concurrent.each(['harrow', 'kafkajs', 'platformatic'])(
  'subjects: several producers of %s, each in its own process, are judged one by one',
  async (asked) => {
    const result = await against(asked, two)
    expect(brokenLaws(result)).toEqual([])
    expect(result).toMatchObject({ outcome: 'passed', counts: { records: 10, acknowledged: 10 } })
    for (const law of ['ONCE', 'ACKED', 'CENSUS', 'delivered'])
      expect(result.verdicts.find((one) => one.law === law)).toMatchObject({ held: true })
  },
)

test.concurrent('subjects: a driver that cannot be told a client.id is not asked whose a request was', async () => {
  const { faults: _, ...rest } = two
  const expected: Scenario = {
    ...rest,
    expect: [{ delivered: 'all' }, { requests: { api: 'Produce', min: 1 }, producer: 'billing' }],
  }
  const result = await against(driverToCopy, expected)
  expect(brokenLaws(result)).toEqual([])
  expect(result).toMatchObject({ outcome: 'passed', counts: { acknowledged: 10 } })
  for (const law of ['INFLIGHT', 'CENSUS', 'requests'])
    expect(unbound(result, law), law).toBe(
      'client.id: it cannot be told one, so nobody knows which requests are its own',
    )
})

test.concurrent('exec: of several producers the one that dies is named', async () => {
  const dies = `on.start = ({ config }) => { hello.id = config['client.id']; say({ type: 'ready' }) }
    on.send = () => { if (hello.id === 'shipping') process.exit(9) }`
  const result = await against(driver(`hello.settings['client.id'] = ''; ${dies}`), two)
  expect(result.verdicts[0]!.violations[0]).toMatchObject({
    message: 'shipping: the subject ended with exit code 9',
  })
})

test.concurrent('exec: the Node driver to copy keeps the order of sends that come at once', async () => {
  const workload = [{ produce: { topic: 'orders', records: 40, partition: 0 } }, { flush: null }] as const
  expect(brokenLaws(await against(driverToCopy, { ...quiet, workload }))).toEqual([])
})

test.concurrent('subjects: a module of the user, that sends nothing and says it did, is found out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'harrow-subject-'))
  const file = join(folder, 'liar.mjs')
  const open = '{ send: async () => ({ partition: 0, offset: 0 }), close: async () => {} }'
  const settings = "{ acks: 'a', 'enable.idempotence': 'i', 'max.in.flight.requests.per.connection': 'm' }"
  writeFileSync(file, `export default { name: 'liar', version: '1', settings: ${settings}, open: () => (${open}) }`)
  const result = await against(file, quiet)
  rmSync(folder, { recursive: true })
  expect(brokenLaws(result)).toEqual(['ACKED', 'OFFSETS'])
})

test.concurrent('subjects: laws that need the trace, and settings that a client lacks, are not applicable', async () => {
  const result = await against('kafkajs', { ...quiet, expect: [{ errors: 'none' }, { batches: { total: 1 } }] })
  expect(result.outcome).toBe('passed')
  expect(unbound(result, 'AGGREGATE')).toBe("needs the producer's own trace")
  expect(unbound(result, 'DEADLINE')).toBe('delivery.timeout.ms: it has no such setting')
  expect(unbound(result, 'batches')).toBe('linger.ms: it has no such setting')
})

test.concurrent('subjects: a scenario about a setting that a client lacks is not applicable', async () => {
  const result = await against('kafkajs', { ...quiet, producer: { 'buffer.memory': 100_000 } })
  expect(result).toMatchObject({ outcome: 'skipped', reason: 'buffer.memory: it has no such setting' })
})

test.concurrent('subjects: what a scenario needs is asked of the client, also when it only says how long', async () => {
  const waits: Scenario = { ...quiet, needs: ['max.block.ms'] }
  expect(await against('kafkajs', waits)).toMatchObject({
    outcome: 'skipped',
    reason: 'max.block.ms: it has no such setting',
    verdicts: [],
  })
  expect(await against('harrow', waits)).toMatchObject({ outcome: 'passed' })
})

test.concurrent('subjects: headers come back as they were, and the loss of one is seen', async () => {
  const withHeaders: Scenario = {
    ...quiet,
    workload: [{ produce: { topic: 'orders', records: 3, headers: { trace: 'abc' } } }, { flush: null }],
  }
  for (const client of ['harrow', 'kafkajs', 'platformatic'])
    expect(await against(client, withHeaders)).toMatchObject({ outcome: 'passed' })
})

test.concurrent('subjects: a record sent after close may be refused after close; one sent before may not end so late', async () => {
  const afterClose: Scenario = {
    ...quiet,
    workload: [{ close: null }, { produce: { topic: 'orders', records: 3 } }],
    expect: [{ law: 'CENSUS' }],
  }
  const late = "setTimeout(() => say({ type: 'fail', id, error: 'PRODUCER_CLOSED' }), 300)"
  expect(brokenLaws(await against(driver(`on.send = ({ id }) => ${late}`), afterClose))).toEqual([])
  const before: Scenario = { ...afterClose, workload: [...quiet.workload.slice(0, 1), { close: null }] }
  const tooLate = `const sent = []
    on.send = ({ id }) => sent.push(id)
    on.close = ({ id }) => {
      say({ type: 'done', id })
      for (const id of sent) ${late}
    }`
  const result = await against(driver(tooLate), before)
  expect(result.verdicts.flatMap(({ violations }) => violations.map(({ message }) => message))).toContain(
    '3 completions after close',
  )
})

test.concurrent('CENSUS: a connection whose end is heard a little after close is no leftover (on a busy machine it was)', async () => {
  const links = (close: string) => `let link
    on.start = async ({ bootstrapServers }) => {
      const { connect } = await import('node:net')
      link = connect(Number(bootstrapServers.split(':')[1]), '127.0.0.1', () => say({ type: 'ready' }))
    }
    on.close = ({ id }) => { say({ type: 'done', id }); ${close} }`
  const nothing: Scenario = { ...quiet, workload: [{ pause: 1 }], expect: [{ law: 'CENSUS' }] }
  const late = await against(driver(links('setTimeout(() => link.destroy(), 200)')), nothing)
  expect(brokenLaws(late)).toEqual([])
  expect(brokenLaws(await against(driver(links('')), nothing))).toEqual(['CENSUS'])
})

test.concurrent('subjects: a value that a client cannot have is not applicable', async () => {
  const result = await against('kafkajs', { ...quiet, producer: { 'compression.type': 'zstd' } })
  expect(result).toMatchObject({ outcome: 'skipped', reason: 'compression.type: zstd needs a plug-in' })
})

test.concurrent('subjects: a fault that a client does not meet proves nothing', async () => {
  const faults: Scenario['faults'] = [{ name: 'far away', on: { api: 'Produce', nth: 99 }, do: { drop: 'response' } }]
  const result = await against('kafkajs', { ...quiet, faults })
  expect(result.outcome).toBe('skipped')
  expect(result.reason).toContain('the fault "far away" never acted on it')
})

test.concurrent('exec: output that is no line of the protocol ends the run', async () => {
  const result = await against(driver(`on.send = () => process.stdout.write('Sending...\\n')`), quiet)
  expect(brokenLaws(result)).toContain('PROTOCOL')
  expect(result.verdicts[0]!.violations[0]).toMatchObject({
    message: 'the subject wrote what is no line of the protocol (not JSON)',
    evidence: ['Sending...'],
  })
})

test.concurrent('exec: a line that is too long ends the run', async () => {
  const result = await against(driver(`on.send = () => process.stdout.write('x'.repeat(2 ** 21))`), quiet)
  expect(result.verdicts[0]!.violations[0]!.message).toMatch(/^the subject wrote a line of more than 1048576/)
})

test.concurrent('exec: another version of the protocol is told at once', async () => {
  const result = await against(driver('hello.protocol = 2'), quiet)
  expect(result.verdicts[0]!.violations[0]!.message).toBe('the subject speaks version 2 of the protocol, this is 1')
})

test.concurrent('exec: a subject that dies has crashed, with the end of its standard error', async () => {
  const result = await against(driver(`on.send = () => { console.error('out of luck'); process.exit(9) }`), quiet)
  expect(brokenLaws(result)).toEqual(expect.arrayContaining(['CRASH', 'ONCE']))
  expect(result.verdicts[0]!.violations[0]).toMatchObject({
    message: 'the subject ended with exit code 9',
    evidence: ['stderr: out of luck'],
  })
})

test.concurrent('exec: a command that is not there has crashed', async () => {
  const result = await against('exec: no-such-program-here', quiet)
  expect(result.verdicts[0]!.violations[0]!.message).toBe('the subject ended with exit code 127')
})

test.concurrent('exec: an outcome for a record that was never sent ends the run', async () => {
  const result = await against(driver(`on.send = () => say({ type: 'ack', id: 77, partition: 0, offset: 0 })`), quiet)
  expect(result.verdicts[0]!.violations[0]!.message).toBe('the subject told the end of 77, which was never sent')
})

test.concurrent('exec: a subject that hangs is bounded, and its whole process group is killed', async () => {
  const asked = driver(`hello.version = String(process.pid); on.flush = () => {}; process.on('SIGTERM', () => {})`)
  const result = await against(`${asked} | cat`, quiet, 3_000)
  expect(brokenLaws(result)).toContain('LIVE')
  const pid = Number(result.subject!.split(' ')[1])
  while (isAlive(pid)) await sleep(20)
})

test.concurrent.each([
  ['kafkajs-unawaited', 'ORDER'],
  ['platformatic-unawaited', 'ACKED'],
])('subjects: %s breaks %s without any fault, which is why the other one awaits', async (asked, law) => {
  expect(brokenLaws(await against(asked, quiet))).toContain(law)
})

test.concurrent('exec: records settled twice break ONCE', async () => {
  const twice = `on.send = ({ id }) => { for (let i = 0; i < 2; i++) say({ type: 'fail', id, error: 'X' }) }`
  expect(brokenLaws(await against(driver(twice), quiet))).toContain('ONCE')
})

test.concurrent('exec: offsets are exact beyond 2^53', async () => {
  const far = `on.send = ({ id }) => say({ type: 'ack', id, partition: 0, offset: '9007199254740993' })`
  const result = await against(driver(far), quiet)
  const broken = result.verdicts.find(({ law }) => law === 'ACKED')
  expect(broken?.violations[0]?.message).toContain('orders-0@9007199254740993')
})

test('subjects: a client that is not installed is a message with the command that installs it', () => {
  expect(() => chooseSubject('node-rdkafka', here)).toThrow(
    /node-rdkafka is not installed in .*: npm install node-rdkafka/,
  )
})

test('subjects: an unknown name is a message with the nearest one', () => {
  expect(() => chooseSubject('kafkasj', here)).toThrow(/no such client.*kafkajs/)
  expect(() => chooseSubject('exec:', here)).toThrow(/needs a command/)
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
