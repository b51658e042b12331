import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Card, cardRow, joinedRows } from '../src/certify/card.ts'
import { htmlCard } from '../src/certify/html.ts'
import { markdownCard } from '../src/certify/markdown.ts'
import { withNotes } from '../src/certify/notes.ts'
import { main } from '../src/commands/index.ts'
import type { ScenarioResult } from '../src/scenario/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'harrow-certify-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function harrow(...args: string[]) {
  let [out, err] = ['', '']
  const code = await main(args, '1.2.3', {
    out: (text) => (out += text),
    err: (text) => (err += text),
    colour: false,
    env: {},
    interrupted: new AbortController().signal,
  })
  return { code, out, err }
}

function result(more: Partial<ScenarioResult>): ScenarioResult {
  return {
    name: 'a fact',
    file: 'scenarios/area/fact.yaml',
    world: 'tcp',
    outcome: 'passed',
    seed: 1,
    scenarioMs: 1,
    realMs: 1,
    counts: { records: 1, acknowledged: 1, failed: 0, requests: 1, events: 1 },
    verdicts: [],
    timeline: [],
    replay: 'harrow run scenarios/area/fact.yaml',
    ...more,
  }
}

const broken = (law: string): Partial<ScenarioResult> => ({
  outcome: 'failed',
  verdicts: [{ law, held: false, violations: [{ law, message: '<b>it</b> | went wrong', evidence: ['a & b'] }] }],
})
const about = { file: 'scenarios/area/fact.yaml', why: 'because', note: undefined }

test('card: the worst of several runs is told, and that they differ', () => {
  const row = cardRow([result({}), result(broken('ACKED')), result(broken('errors'))], about)
  expect(row).toMatchObject({ outcome: 'broke', isStable: false, runs: ['lived', 'broke', 'differs'] })
  expect(row.breaks.map(({ law }) => law)).toEqual(['ACKED'])
})

test('card: of a crash the message is told, not the paths of the machine', () => {
  const evidence = ['stderr: Error: no', 'stderr:     at open (/home/me/driver.ts:1:2)', '    at /home/me/x.js:3:4']
  const crash = { law: 'CRASH', message: 'it ended', evidence }
  const verdicts = [{ law: 'CRASH', held: false, violations: [crash] }]
  expect(cardRow([result({ outcome: 'failed', verdicts })], about).breaks[0]?.evidence).toEqual(['stderr: Error: no'])
})

test('card: a client that keeps its promises in another manner differs, and is not broken', () => {
  expect(cardRow([result(broken('errors'))], about).outcome).toBe('differs')
  expect(cardRow([result(broken('duplicates'))], about).outcome).toBe('broke')
})

test('card: not applicable is told with its reason and counted by itself', () => {
  const row = cardRow([result({ outcome: 'skipped', reason: 'no such setting' })], about)
  expect(row).toMatchObject({ outcome: 'not-applicable', reason: 'no such setting' })
})

const card: Card = {
  format: 1,
  subject: 'client <1>',
  asked: 'client',
  date: '2026-01-02',
  harness: '1.2.3',
  node: '20.0.0',
  platform: 'linux x64',
  runsEach: 2,
  command: 'harrow certify scenarios --subject client',
  note: undefined,
  rows: [
    cardRow([result({})], about),
    cardRow([result(broken('ACKED'))], { ...about, note: 'known as #1' }),
    cardRow([result({ outcome: 'skipped', reason: 'no such setting' })], about),
  ],
}

test('card: rows that are done again take the place of the old ones, the others stay', () => {
  const named = (name: string, more: Partial<ScenarioResult> = {}) => cardRow([result({ name, ...more })], about)
  const joined = joinedRows([named('a', broken('ACKED')), named('b')], [named('a'), named('c')])
  expect(joined.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['a', 'lived'],
    ['b', 'lived'],
    ['c', 'lived'],
  ])
})

test('card: notes are found by the end of a path, and what was lived through needs none', () => {
  const notes = { about: 'all of it', scenarios: { 'area/fact.yaml': 'known' } }
  const { note, rows } = withNotes(card, notes)
  expect([note, ...rows.map((row) => row.note)]).toEqual(['all of it', undefined, 'known', 'known'])
})

test('card: the page escapes what clients say, and needs nothing from elsewhere', () => {
  const page = htmlCard(card)
  expect(page).toContain('client &lt;1&gt;')
  expect(page).toContain('&lt;b&gt;it&lt;/b&gt; | went wrong')
  expect(page).not.toMatch(/<b>it<\/b>|(src|href)=/)
  expect(page).toContain('known as #1')
})

test('card: Markdown has one row per scenario, whatever is in the messages', () => {
  const text = markdownCard(card)
  const table = text.split('\n').filter((line) => line.startsWith('| '))
  expect(table).toEqual([
    '| scenario | outcome | law | what happened |',
    '| area: a fact | lived through |  |  |',
    '| area: a fact | **broke** | ACKED | &lt;b>it&lt;/b> \\| went wrong |',
    '| area: a fact | not applicable |  | no such setting |',
  ])
  expect(text).toContain('1 lived through, 1 broke, 0 differs, 1 not applicable. 2026-01-02')
})

test('harrow certify: kafkajs lives through a restart of its connection, in all formats', async () => {
  const scenario = join(folder, 'scenario.yaml')
  const files = { markdown: join(folder, 'card.md'), json: join(folder, 'card.json'), html: join(folder, 'card.html') }
  const notes = join(folder, 'notes.yaml')
  writeFileSync(notes, 'kafkajs: { about: noted, scenarios: { scenario.yaml: seen before } }\n')
  writeFileSync(
    scenario,
    `name: An answer is lost with its connection
why: it happens
cluster: { brokers: 1, topics: { orders: 1 } }
producer: { retry.backoff.ms: 20, request.timeout.ms: 1000, delivery.timeout.ms: 8000 }
workload: [{ produce: { topic: orders, records: 5 } }, { flush: }]
faults: [{ name: cut, on: { api: Produce, nth: 1 }, do: { disconnect: before-handling } }]
expect: [{ delivered: all }]
`,
  )
  const options = Object.entries(files).flatMap(([name, file]) => [`--${name}`, file])
  const from = ['--from', join(import.meta.dirname, '..'), '--runs', '1', '--notes', notes]
  const { code, out, err } = await harrow('certify', scenario, '--subject', 'kafkajs', ...from, ...options)
  expect({ code, err, out }).toMatchObject({ code: 0, err: '' })
  expect(out).toContain('kafkajs 2.2.4: 1 lived through, 0 broke, 0 differs, 0 not applicable')
  const read = JSON.parse(readFileSync(files.json, 'utf8')) as Card
  expect(read).toMatchObject({
    subject: 'kafkajs 2.2.4',
    note: 'noted',
    rows: [{ outcome: 'lived', note: 'seen before' }],
  })
  expect(readFileSync(files.markdown, 'utf8')).toContain('# kafkajs 2.2.4')
  expect(readFileSync(files.html, 'utf8')).toContain('<h1>kafkajs 2.2.4</h1>')

  // A part of a card done again leaves the rest of it, and says of another client that it is not its card.
  const rest = { ...read, command: 'as before', rows: [...read.rows, { ...read.rows[0]!, name: 'another' }] }
  writeFileSync(files.json, JSON.stringify(rest))
  expect(
    await harrow('certify', scenario, '--subject', 'kafkajs', ...from, '--json', files.json, '--update'),
  ).toMatchObject({ code: 0 })
  const updated = JSON.parse(readFileSync(files.json, 'utf8')) as Card
  expect([updated.command, ...updated.rows.map(({ name }) => name)]).toEqual([
    'as before',
    'An answer is lost with its connection',
    'another',
  ])
  expect(await harrow('certify', scenario, '--subject', 'harrow', '--json', files.json, '--update')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is not a card of harrow, but of kafkajs'),
  })
})

test('harrow certify: without a client, or with one that is not there, it says what to do', async () => {
  expect(await harrow('certify')).toMatchObject({ code: 2, err: expect.stringContaining('--subject kafkajs') })
  const missing = await harrow('certify', '--subject', 'node-rdkafka', '--from', folder)
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('npm install node-rdkafka') })
})

test('harrow run: a subject runs over TCP only', async () => {
  const args = ['run', 'scenarios', '--subject', 'kafkajs', '--from', join(import.meta.dirname, '..'), '--world', 'all']
  expect(await harrow(...args)).toMatchObject({ code: 2, err: expect.stringContaining('TCP only') })
})
