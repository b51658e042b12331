import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { faultKinds } from './index.ts'
import { type ParsedFaultRule, parseFaultRule } from './rule.ts'

function parsed(input: unknown): ParsedFaultRule {
  const result = parseFaultRule(input)
  if ('issues' in result) throw new Error(JSON.stringify(result.issues))
  return result.rule
}

function issues(input: unknown): string[] {
  const result = parseFaultRule(input)
  return 'issues' in result ? result.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : []
}

test('fault rule: units are resolved, the rest stays as written', () => {
  const on = { api: 'Produce', topic: 'orders', partition: 1, broker: 2, clientId: 'app', version: 9, nth: 1 }
  expect(
    parsed({ name: 'slow', on, do: { delay: '1.5s', side: 'response' }, times: 'always', probability: 0.5 }),
  ).toEqual({
    name: 'slow',
    on,
    do: { delay: 1500, side: 'response' },
    times: 'always',
    probability: 0.5,
  })
  expect(parsed({ at: '1s', do: { 'stop-broker': 2, for: '3s' } })).toEqual({
    at: 1000,
    do: { 'stop-broker': 2, for: 3000 },
  })
})

test('fault rule: a parsed rule parses to itself', () => {
  const rules = [
    { on: { api: 'Produce' }, do: { error: 'NOT_LEADER_OR_FOLLOWER', after: 'append' } },
    { do: { drop: 'request' } },
    { do: { disconnect: 'after-handling', how: 'fin' } },
    { at: 5, do: { 'move-leader': { topic: 'a', partition: 0, to: 2 } } },
    { at: 5, do: { 'start-broker': 2 } },
    { observe: true },
  ]
  for (const rule of rules) expect(parsed(parsed(rule))).toEqual(parsed(rule))
})

test.each([
  [null, ': a fault rule must be an object, not null'],
  ['drop', ': a fault rule must be an object, not "drop"'],
  [{}, ': "do" is missing (only an observing rule may do nothing)'],
  [{ do: { dorp: 'response' } }, 'do.dorp: does nothing known: "dorp", did you mean "drop"?'],
  [
    { do: { drop: 'respones' } },
    'do.drop: must be one of "request", "response", not "respones", did you mean "response"?',
  ],
  [{ do: { drop: 'request', delay: 5 } }, 'do: does one thing: either "delay" or "drop"'],
  [{ do: { delay: 5, sied: 'request' } }, 'do.sied: unknown key "sied", did you mean "side"?'],
  [{ do: { delay: '5 minutes' } }, 'do.delay: must be a duration such as 150, "150ms" or "2s", not "5 minutes"'],
  [{ do: { error: 'NOT_LEADER' } }, `do.error: no error of Kafka's: "NOT_LEADER"`],
  [
    { do: { error: 'NOT_LEADER_OR_FOLOWER' } },
    `do.error: no error of Kafka's: "NOT_LEADER_OR_FOLOWER", did you mean "NOT_LEADER_OR_FOLLOWER"?`,
  ],
  [{ do: { error: 0 } }, `do.error: no error of Kafka's: 0`],
  [
    { on: { api: 'Metadata' }, do: { error: 7, after: 'append' } },
    'do.after: only a Produce appends: say `api: Produce` in `on`',
  ],
  [
    { on: { api: 'Prodcue' }, do: { delay: 5 } },
    'on.api: must be a known name, not "Prodcue", did you mean "Produce"?',
  ],
  [{ on: { topik: 'a' }, do: { delay: 5 } }, 'on.topik: unknown key "topik", did you mean "topic"?'],
  [{ on: { nth: 0 }, do: { delay: 5 } }, 'on.nth: must be a whole number from 1 to 2147483647, not 0'],
  [{ nmae: 'x', do: { delay: 5 } }, 'nmae: unknown key "nmae", did you mean "name"?'],
  [{ times: 0, do: { delay: 5 } }, 'times: must be a whole number from 1 to 2147483647, or one of "always", not 0'],
  [{ probability: 2, do: { delay: 5 } }, 'probability: must be a number from 0 to 1, not 2'],
  [{ at: '1s', on: {}, do: { 'start-broker': 1 } }, 'at: either `at` or `on`: a time, or requests'],
  [
    { at: '1s', do: { delay: 5 } },
    'at: "delay" happens to a request: use `on`. With `at`: stop-broker, start-broker, move-leader',
  ],
  [
    { at: '1s', do: { 'stop-broker': 'leader' } },
    'do.stop-broker: a rule with `at` has no request to take a leader from: name a broker',
  ],
  [{ at: 1, do: { 'move-leader': { topic: 'a' } } }, 'do.move-leader: "partition" is missing'],
])('fault rule: %j is refused', (rule, issue) => {
  expect(issues(rule)).toContain(issue)
})

test('fault rule: everything that is wrong is told at once', () => {
  expect(issues({ on: { topik: 1, api: 'x' }, do: { drop: 'x' }, times: -1 })).toHaveLength(4)
})

test('fault kinds: the list and the folder are equal, and each explains itself', () => {
  const notKinds = ['chain', 'fault-kind', 'index', 'match', 'rule', 'unconsumed']
  const files = readdirSync(import.meta.dirname)
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => file.replace('.ts', ''))
  expect(files.filter((file) => !notKinds.includes(file)).sort()).toEqual(faultKinds.map(({ key }) => key).sort())
  for (const { key, doc, fields } of faultKinds) {
    expect([fields[0]?.key, fields[0]?.required, doc.endsWith('.')]).toEqual([key, true, true])
  }
})
