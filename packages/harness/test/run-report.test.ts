import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../src/commands/index.ts'
import { reportRun } from '../src/run-report/report-run.ts'
import type { ReportedRun } from '../src/run-report/reported-run.ts'
import { RunReport } from '../src/run-report/run-report.ts'
import { runScenario, type ScenarioResult } from '../src/scenario/run.ts'
import type { Scenario } from '../src/scenario/schema.ts'
import { history, told, written } from './hand-made-history.ts'
import { pngPixels } from './png-pixels.ts'

const folder = mkdtempSync(join(tmpdir(), 'harrow-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What would end the script of a page, and start one of its own. */
const hostile = `</script><script>document.title='taken over'</script><!--<b>&amp;`

/** A lost answer without idempotence is a duplicate: the scenario is wrong to expect none. */
const duplicates: Scenario = {
  name: `A duplicate ${hostile}`,
  why: `so that there is something to look at ${hostile}`,
  cluster: { brokers: 2, topics: { orders: 4 } },
  producer: { 'enable.idempotence': false, 'linger.ms': 1, 'request.timeout.ms': 300, 'delivery.timeout.ms': 3000 },
  // One after the other, so that there are so many requests at least on a slow machine, too.
  workload: Array.from({ length: 5 }, () => [
    { produce: { topic: 'orders', records: 20, partition: 'round-robin' as const, headers: { note: hostile } } },
    { flush: null },
  ]).flat(),
  faults: [{ name: `lost ${hostile}`, on: { api: 'Produce', nth: 3 }, do: { drop: 'response' }, times: 1 }],
  expect: [{ delivered: 'all' }, { duplicates: 'none' }],
}

async function reported(scenario: Scenario, world: 'simulated' | 'tcp' = 'simulated'): Promise<ReportedRun> {
  const { reported } = await runScenario(scenario, { world, isReported: true })
  return reported!
}

/** The data of a page, as its script will see them. */
function dataOf(page: string, id: string): unknown {
  const [, json] = new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(page) ?? []
  return JSON.parse(json ?? 'null')
}

test.each(['simulated', 'tcp'] as const)(
  'run report: a run in the %s world is lanes, bars, marks and numbers',
  async (world) => {
    const run = await reported(duplicates, world)
    const { lanes, bars, marks, charts, trace, endMs } = run
    expect(lanes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'application application',
      'producer producer',
      ...[0, 1, 2, 3].map((partition) => `partition orders-${partition}`),
      'broker broker 1',
      'broker broker 2',
    ])
    const produce = bars.filter(({ kind }) => kind === 'produce')
    expect(produce.length).toBeGreaterThan(4)
    // The request whose answer was lost; whatever else was under way on that connection went with it.
    const [first, ...others] = bars.filter(({ kind }) => kind === 'lost').map(({ details }) => details.join())
    expect(first).toMatch(/^no answer within request.timeout.ms, .*no answer left the broker,fault: lost/)
    for (const other of others) expect(other).toMatch(/^connection lost: no answer to Produce within 300 ms/)
    for (const { lane, row, fromMs, toMs } of bars) {
      expect(fromMs).toBeLessThanOrEqual(toMs)
      expect(toMs).toBeLessThanOrEqual(endMs)
      expect(row).toBeLessThan(lanes[lane]!.rows)
    }
    const kinds = new Set(marks.map(({ kind }) => kind))
    for (const kind of ['send', 'fault', 'appended', 'acknowledged', 'retry'] as const) expect(kinds).toContain(kind)
    expect(charts.latency.map(([, , , number]) => number)).toEqual(Array.from({ length: 100 }, (_, number) => number))
    expect(Math.max(...charts.bufferBytes.map(([, bytes]) => bytes))).toBeGreaterThan(0)
    expect(charts.bufferBytes.at(-1)?.[1]).toBe(0)
    expect(charts.inFlight.at(-1)?.[1]).toBe(0)
    expect(Math.max(...charts.inFlight.map(([, open]) => open))).toBeGreaterThan(0)
    expect(charts.batchFill.every(([, fill]) => fill > 0 && fill < 1)).toBe(true)
    expect(trace.length).toBe(run.counts.events)
    expect(run.broken).toMatchObject([
      { law: 'duplicates', message: expect.stringContaining('in the log more than once') },
    ])
    expect(run.cut).toEqual([])
  },
)

/** Two producers, of which only one loses an answer. */
const two: Scenario = {
  name: 'Two producers',
  cluster: { topics: { orders: 1 } },
  producers: { billing: { 'request.timeout.ms': 300, 'batch.size': 1_000 }, shipping: {} },
  workload: [
    { produce: { topic: 'orders', records: 10 }, producer: 'all' },
    { flush: null, producer: 'all' },
  ],
  faults: [{ name: 'lost', on: { api: 'Produce', clientId: 'billing', nth: 1 }, do: { drop: 'response' } }],
  expect: [{ law: 'EXACTLY1', producer: 'billing' }],
}

test.each(['simulated', 'tcp'] as const)(
  'run report: of two producers each has a lane, and what is whose (%s)',
  async (world) => {
    const { lanes, bars, marks, charts, trace, held } = await reported(two, world)
    const laneOf = (name: string): number => lanes.findIndex((lane) => lane.name === name)
    expect(lanes.filter(({ kind }) => kind === 'producer').map(({ name }) => name)).toEqual([
      'producer billing',
      'producer shipping',
    ])
    const titles = bars.map(({ title }) => title)
    for (const title of [
      'produce of billing',
      'flush of shipping',
      'close of shipping',
      'batch 0 of billing',
      'batch 0 of shipping',
    ])
      expect(titles).toContain(title)
    expect(bars.filter(({ kind }) => kind === 'lost').every(({ title }) => title.endsWith('of billing'))).toBe(true)
    const appended = marks.filter(({ kind, lane }) => kind === 'appended' && lane === laneOf('orders-0'))
    expect(appended.map(({ title }) => title.replace(/\d+$/, '').replace(/^\d+/, ''))).toEqual(
      expect.arrayContaining([' records of billing written from offset ', ' records of shipping written from offset ']),
    )
    expect(
      marks.some(({ lane, title }) => lane === laneOf('producer shipping') && title.startsWith('producer id')),
    ).toBe(true)
    // What is clicked is found, and nothing of the other.
    const { find } = bars.find(({ title }) => title === 'batch 0 of shipping')!
    expect(find).toBe('batch=0 producer=shipping')
    expect(trace.some(([, , , words]) => words.startsWith('producer=shipping ') && words.includes('batch=0 '))).toBe(
      true,
    )
    expect(charts.batchFill.some(([, , , place]) => place === 'orders-0, of billing')).toBe(true)
    expect(charts.batchBytesMax).toBe(0)
    expect(charts.bufferBytes.at(-1)?.[1]).toBe(0)
    expect(charts.bufferBytesTotal).toBe(2 * 33_554_432)
    expect(held).toContain('law of billing')
  },
)

test('run report: looking does not change a run', async () => {
  const plain = await runScenario(duplicates, { world: 'simulated' })
  const looked = await runScenario(duplicates, { world: 'simulated', isReported: true })
  expect(looked.traceHash).toBe(plain.traceHash)
  expect(plain.reported).toBeUndefined()
})

test('run report: a large run is cut around what broke, and the page says so', () => {
  const partitions = 40
  const trace = Array.from({ length: 12_000 }, (_, batch) => {
    const what = { batch, topic: 'orders', partition: batch % partitions, records: 1, bytes: 100, attempt: 0 }
    return [
      told(batch, 'batch-created', what),
      told(batch + 0.25, 'batch-drained', { ...what, node: 1 }),
      told(batch + 0.5, 'batch-completed', what),
    ]
  }).flat()
  const records = Array.from({ length: 12_000 }, (_, offset) => written(offset, { atMs: offset }))
  const broken = { law: 'ORDER', message: 'out of order', evidence: [], atMs: 5_000 }
  const result = { ...resultOf('large', 'failed'), verdicts: [{ law: 'ORDER', held: false, violations: [broken] }] }
  const run = reportRun(result, { history: history(records, { trace }), why: undefined })
  const { bars, marks, charts, lanes, cut } = run
  expect([bars.length, marks.length, run.trace.length]).toEqual([6000, 6000, 6000])
  expect(lanes.filter(({ kind }) => kind === 'partition').length).toBe(16)
  expect(Math.max(charts.latency.length, charts.batchFill.length, charts.inFlight.length)).toBeLessThanOrEqual(1500)
  for (const times of [bars.map(({ fromMs }) => fromMs), run.trace.map(([atMs]) => atMs)])
    expect([times[0]! < 5_000, times.at(-1)! > 5_000]).toEqual([true, true])
  expect(cut).toContain('6000 of 36000 events are shown: those from 3500.25 ms to 5500 ms.')
  expect(cut.join('\n')).toContain('24 of 40 partitions have no lane')
  expect(JSON.stringify(run).length).toBeLessThan(4_000_000)
})

function resultOf(name: string, outcome: ScenarioResult['outcome']): ScenarioResult {
  const counts = { records: 0, acknowledged: 0, failed: 0, requests: 0, events: 1 }
  const rest = { file: undefined, world: 'tcp', seed: 1, replay: 'harrow run', scenarioMs: 1, realMs: 1 } as const
  return { name, outcome, ...rest, counts, verdicts: [], timeline: [] }
}

test('run report: failed runs come first, and a full page keeps what the others were', () => {
  const run = (name: string, outcome: ReportedRun['outcome'], words = ''): ReportedRun => ({
    ...reportRun(resultOf(name, outcome), { history: undefined, why: undefined }),
    trace: [[0, 'broker', 'said', words]],
  })
  const report = new RunReport()
  const large = 'x'.repeat(13_000_000)
  for (const one of [
    run('a', 'skipped'),
    run('b', 'passed', large),
    run('c', 'passed', large),
    run('d', 'failed', large),
  ])
    report.add(one)
  expect(report.runs.map(({ summary }) => summary.name)).toEqual(['d', 'b', 'c', 'a'])
  const [d, b, c] = report.runs.map(({ json }) => JSON.parse(json) as ReportedRun)
  expect([d, b, c].map((one) => one?.trace.length)).toEqual([1, 1, 0])
  expect(c?.cut[0]).toContain('The page was full')
})

let page = ''
const file = join(folder, 'report.html')

beforeAll(async () => {
  const scenario = join(folder, 'duplicates.yaml')
  // JSON is YAML.
  writeFileSync(scenario, JSON.stringify(duplicates))
  const fine = join(folder, 'fine.yaml')
  writeFileSync(fine, 'name: Nothing happens\nworlds: [tcp]\nworkload: [{ pause: 1ms }]\n')
  const code = await main(['run', fine, scenario, '--report', file], '1.2.3', {
    out: () => {},
    err: () => {},
    colour: false,
    env: {},
    interrupted: new AbortController().signal,
  })
  expect(code).toBe(1)
  page = readFileSync(file, 'utf8')
})

test('run report: the page needs nothing from anywhere, and what a run says stays text', () => {
  expect(page).not.toMatch(/(?:src|href)="https?:|@import|url\(/)
  expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none';`)
  // Two data elements, the list, and the script of the page itself.
  expect(page.match(/<script/g)?.length).toBe(4)
  expect(page.match(/<\/script/g)?.length).toBe(4)
  expect(page).not.toContain('<!--')
  expect(dataOf(page, 'about')).toMatchObject({
    version: '1.2.3',
    runs: [
      { name: duplicates.name, world: 'simulated', outcome: 'failed' },
      { name: 'Nothing happens', outcome: 'skipped' },
    ],
  })
  const run = dataOf(page, 'run-0') as ReportedRun
  expect(run.why).toBe(duplicates.why)
  expect(run.faults).toEqual([{ name: `lost ${hostile}`, hits: 1, isConsumed: true }])
  expect(dataOf(page, 'run-1')).toMatchObject({ outcome: 'skipped', reason: 'only for tcp', trace: [] })
})

const browser = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'].find((name) =>
  (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, name))),
)

async function chromium(...args: string[]): Promise<string> {
  const profile = mkdtempSync(join(folder, 'profile-'))
  const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--hide-scrollbars']
  const { stdout } = await promisify(execFile)(
    browser!,
    [...quiet, `--user-data-dir=${profile}`, '--window-size=1400,1800', '--virtual-time-budget=5000', ...args],
    { maxBuffer: 64_000_000 },
  )
  return stdout
}

if (browser === undefined) process.stdout.write('skipped: no Chromium on this machine to look at the page with\n')

test.skipIf(browser === undefined)(
  'run report: in a browser the page writes what broke and draws the timeline',
  async () => {
    const address = pathToFileURL(file).href
    const dom = await chromium('--dump-dom', address)
    expect(/<title>(.*?)<\/title>/.exec(dom)?.[1]).toBe('harrow: 1 failed, 0 passed, 1 skipped')
    const shown = dom.slice(dom.indexOf('<main>'), dom.indexOf('</main>'))
    expect(shown).toContain('records are in the log more than once')
    expect(shown).toContain('A duplicate &lt;/script&gt;')
    expect(shown.match(/<canvas/g)?.length).toBe(5)
    expect(shown.match(/<tr/g)?.length).toBeGreaterThan(30)

    const image = join(folder, 'report.png')
    await chromium(`--screenshot=${image}`, '--blink-settings=preferredColorScheme=1', address)
    const pixels = pngPixels(readFileSync(image))
    expect([pixels.width, pixels.height]).toEqual([1400, 1800])
    // Requests, batches on their way and the request that was lost, in the colours of the style.
    for (const name of ['produce', 'in-flight', 'lost']) {
      const colour = new RegExp(`--${name}:(#[0-9a-f]{6})`).exec(page)![1]!
      expect(pixels.count(colour), name).toBeGreaterThan(100)
    }
  },
)
