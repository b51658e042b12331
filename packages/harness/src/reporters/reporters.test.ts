import { expect, test } from 'vitest'
import type { ScenarioResult } from '../scenario/run.ts'
import { type ReporterName, reporters } from './index.ts'

const passed: ScenarioResult = {
  name: 'A lost ack is not a duplicate',
  file: 'scenarios/delivery/lost-ack.yaml',
  world: 'simulated',
  outcome: 'passed',
  seed: 42,
  scenarioMs: 1_234.5,
  realMs: 12.3,
  counts: { records: 20, acknowledged: 20, failed: 0, requests: 5, events: 9 },
  traceHash: 'a4f086b6a4f086b6',
  verdicts: [{ law: 'ONCE', held: true, violations: [], statement: 'every record completes exactly once' }],
  timeline: [],
  replay: 'harrow run scenarios/delivery/lost-ack.yaml --world simulated --seed 42',
}

const failed: ScenarioResult = {
  ...passed,
  outcome: 'failed',
  verdicts: [
    { law: 'ONCE', held: true, violations: [] },
    { law: 'ORDER', held: false, unbound: 'not idempotent', violations: [] },
    {
      law: 'EXACTLY1',
      held: false,
      statement: 'every record is at most once in all logs together',
      violations: [
        { law: 'EXACTLY1', message: 'record 7 is in the log 2 times', evidence: ['orders-0@7', 'orders-0@9'], atMs: 5 },
      ],
    },
  ],
  timeline: [
    { atMs: 5, source: 'producer', event: 'batch-retried', details: { topic: 'orders', sequence: 7, offset: 9n } },
  ],
}

const skipped: ScenarioResult = { ...passed, outcome: 'skipped', world: 'tcp', reason: 'only for simulated' }

function report(name: ReporterName, results: ScenarioResult[], colour = false) {
  const written = { out: '', err: '' }
  const reporter = reporters[name]({
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
    colour,
  })
  for (const [index, result] of results.entries()) {
    reporter.starting(result.name, index, results.length)
    reporter.result(result)
  }
  reporter.finished(results, 1_500)
  return written
}

test('pretty reporter: one line per scenario and world, then the sum', () => {
  expect(report('pretty', [passed, { ...passed, world: 'tcp', realMs: 1_300 }, skipped])).toEqual({
    out: [
      'passed  simulated A lost ack is not a duplicate (20 records, 5 requests; 1.23 s virtual, 12 ms real)',
      'passed  tcp       A lost ack is not a duplicate (20 records, 5 requests; 1.30 s real)',
      'skipped tcp       A lost ack is not a duplicate (only for simulated)',
      '',
      '2 passed, 1 skipped in 1.50 s',
      '',
    ].join('\n'),
    err: '',
  })
})

test('pretty reporter: a failure shows law, evidence, timeline and the line that replays it', () => {
  expect(report('pretty', [failed]).out).toBe(
    [
      'failed  simulated A lost ack is not a duplicate (20 records, 5 requests; 1.23 s virtual, 12 ms real)',
      '  EXACTLY1 record 7 is in the log 2 times',
      '    orders-0@7',
      '    orders-0@9',
      '    (EXACTLY1: every record is at most once in all logs together)',
      '  timeline',
      '            5 ms  producer  batch-retried topic=orders sequence=7 offset=9',
      '  replay harrow run scenarios/delivery/lost-ack.yaml --world simulated --seed 42',
      '',
      '0 passed, 1 failed in 1.50 s',
      '',
    ].join('\n'),
  )
})

test('pretty reporter: many violations of one law are counted after the first five', () => {
  const violations = Array.from({ length: 8 }, (_, i) => ({ law: 'ONCE', message: `record ${i}`, evidence: [] }))
  const { out } = report('pretty', [{ ...failed, verdicts: [{ law: 'ONCE', held: false, violations }] }])
  expect(out).toContain('  ONCE record 4\n    and 3 more of ONCE\n')
  expect(out).not.toContain('ONCE record 5')
})

test('pretty reporter: colours and progress only when asked for', () => {
  const plain = report('pretty', [passed])
  expect(plain.out + plain.err).not.toContain('\x1b')
  const coloured = report('pretty', [passed], true)
  expect(coloured.out).toContain('\x1b[32mpassed \x1b[0m')
  expect(coloured.err).toContain('1/1 A lost ack is not a duplicate')
})

test('json reporter: one document with every law, 64-bit numbers as text', () => {
  const { out, err } = report('json', [failed, skipped])
  expect(err).toBe('')
  expect(JSON.parse(out)).toEqual({
    format: 1,
    tookMs: 1500,
    passed: 0,
    failed: 1,
    skipped: 1,
    results: [
      {
        name: failed.name,
        file: failed.file,
        world: 'simulated',
        outcome: 'failed',
        seed: 42,
        scenarioMs: 1_234.5,
        realMs: 12.3,
        counts: failed.counts,
        traceHash: 'a4f086b6a4f086b6',
        timeline: [{ ...failed.timeline[0], details: { topic: 'orders', sequence: 7, offset: '9' } }],
        replay: failed.replay,
        laws: [
          { law: 'ONCE', outcome: 'held' },
          { law: 'ORDER', outcome: 'unbound', why: 'not idempotent' },
          { law: 'EXACTLY1', outcome: 'broken', violations: failed.verdicts[2]?.violations },
        ],
      },
      expect.objectContaining({
        outcome: 'skipped',
        reason: 'only for simulated',
        laws: [{ law: 'ONCE', outcome: 'held' }],
      }),
    ],
  })
})

test('junit reporter: a suite per world, counts, properties, and the whole failure as text', () => {
  const { out } = report('junit', [passed, failed, skipped])
  expect(out).toContain('<testsuites name="harrow" tests="3" failures="1" skipped="1" errors="0" time="1.500">')
  expect(out).toContain('<testsuite name="tcp" tests="1" failures="0" skipped="1" errors="0" time="0.012">')
  expect(out).toContain('<property name="seed" value="42"/>')
  expect(out).toContain('<skipped message="only for simulated"/>')
  expect(out).toContain('<failure message="EXACTLY1: record 7 is in the log 2 times" type="law">')
  expect(out).toContain('orders-0@9&#10;timeline&#10;')
})

test('junit reporter: what would break XML is escaped or replaced', () => {
  const name = `a <b> & "c" 'd' \u0000 \ud800`
  const { out } = report('junit', [{ ...passed, name }])
  expect(out).toContain('name="a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos; \ufffd \ufffd"')
})

test('tap reporter: a point per run, the plan last, a diagnostic block for a failure', () => {
  const { out } = report('tap', [passed, { ...failed, name: 'fails # here' }, skipped])
  const lines = out.split('\n')
  expect(lines[0]).toBe('TAP version 14')
  expect(lines[1]).toBe('ok 1 - A lost ack is not a duplicate (simulated)')
  expect(lines[2]).toBe('not ok 2 - fails \\# here (simulated)')
  expect(lines[3]).toBe('  ---')
  expect(lines).toContain('  message: "EXACTLY1: record 7 is in the log 2 times"')
  expect(lines).toContain('      orders-0@7')
  expect(lines).toContain('ok 3 - A lost ack is not a duplicate (tcp) # SKIP only for simulated')
  expect(lines.at(-2)).toBe('1..3')
})

test('tap reporter: nothing run is still a valid document', () => {
  expect(report('tap', []).out).toBe('TAP version 14\n1..0\n')
})

test('github reporter: an annotation names file and title, with everything escaped', () => {
  const { out } = report('github', [{ ...failed, name: 'a, b: 100%' }, passed])
  expect(out.split('\n')[0]).toBe(
    '::error file=scenarios/delivery/lost-ack.yaml,line=1,title=a%2C b%3A 100%25 (simulated)' +
      '::EXACTLY1: record 7 is in the log 2 times%0Aharrow run scenarios/delivery/lost-ack.yaml --world simulated --seed 42',
  )
  expect(out).toContain('2 scenario runs, 1 failed\n')
})

test('github reporter: after ten annotations the rest is in the log, and it says so', () => {
  const { out } = report('github', new Array<ScenarioResult>(12).fill(failed))
  expect(out.match(/^::error /gm)).toHaveLength(10)
  expect(out.match(/^::group::/gm)).toHaveLength(12)
  expect(out).toContain('12 failed; 2 of them only in the log')
})

test('github reporter: evidence cannot smuggle in a workflow command', () => {
  const evidence = ['::set-output name=x::y']
  const violations = [{ law: 'ONCE', message: 'odd', evidence }]
  const { out } = report('github', [{ ...failed, verdicts: [{ law: 'ONCE', held: false, violations }] }])
  expect(out).not.toMatch(/^\s*::set-output/m)
})

test('markdown reporter: the sum, failures in a fence that they cannot end, all runs in a table', () => {
  const hostile: ScenarioResult = {
    ...failed,
    name: 'a | b <script> `c` *d*',
    verdicts: [
      { law: 'ONCE', held: false, violations: [{ law: 'ONCE', message: '```\n</details>', evidence: [] }] },
      ...failed.verdicts,
    ],
  }
  const { out } = report('markdown', [passed, hostile, skipped])
  expect(out).toMatch(/^### Scenarios: 1 passed, 1 failed, 1 skipped in 1\.5 s\n\n<details open>/)
  expect(out).toContain('\n````text\nONCE: ```\n</details>\n')
  expect(out).toContain(
    '| failed | simulated | a \\| b &lt;script&gt; \\`c\\` \\*d\\* | ONCE: \\`\\`\\` &lt;/details&gt; (and 1 more) |\n',
  )
  expect(out).toContain('| skipped | tcp | A lost ack is not a duplicate | only for simulated |\n')
})

test('markdown reporter: stays below what GitHub takes', () => {
  const long: ScenarioResult = {
    ...failed,
    name: 'n'.repeat(5_000),
    verdicts: [{ law: 'ONCE', held: false, violations: [{ law: 'ONCE', message: 'm'.repeat(100_000), evidence: [] }] }],
  }
  const { out } = report('markdown', Array<ScenarioResult>(3_000).fill(long))
  expect(Buffer.byteLength(out)).toBeLessThan(1024 * 1024)
  expect(out).toContain('and 2980 more failures, in the table')
  expect(out).toContain('and 1500 more\n')
})
