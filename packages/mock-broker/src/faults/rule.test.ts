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
    { on: { api: 'Produce' }, do: { delay: 5 }, from: 5, until: { hit: 'x', times: 2 }, once: { hit: 'y' } },
    ...faultKinds.map(({ example }) => example.rule),
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
    `at: "delay" happens to a request: use \`on\`. With \`at\`: ${faultKinds
      .filter(({ scope }) => scope === 'cluster')
      .map(({ key }) => key)
      .join(', ')}`,
  ],
  [
    { at: '1s', do: { 'stop-broker': 'leader' } },
    'do.stop-broker: a rule with `at` has no request to take a leader from: name a broker',
  ],
  [{ at: 1, do: { 'move-leader': { topic: 'a' } } }, 'do.move-leader: "partition" is missing'],
  [
    { on: { api: 'Produce' }, do: { hang: 'connection' } },
    'on.api: a connection has no api when it is accepted; conditions: broker, nth, after, every',
  ],
  [
    { on: { topic: 'a' }, do: { delay: 5, side: 'connection' } },
    'on.topic: a connection has no topic when it is accepted; conditions: broker, nth, after, every',
  ],
  [{ from: '2s', until: '1s', do: { delay: 5 } }, 'until: must be later than `from`, 2000 ms'],
  [{ until: { hitt: 'x' }, do: { delay: 5 } }, 'until.hitt: unknown key "hitt", did you mean "hit"?'],
  [{ at: 5, from: 1, do: { 'start-broker': 1 } }, 'from: goes with `on`: a time comes once'],
  [{ at: 5, until: '1s', do: { 'start-broker': 1 } }, 'until: a time goes with `on`, not with `at`'],
  [{ do: { 'wrong-correlation-id': 0 } }, 'do.wrong-correlation-id: must not be 0: that is the right id'],
  [
    { do: { edit: { throttleTimeMs: 5 } } },
    'do.edit: fields belong to an API: say which in `on`, such as `api: Produce`',
  ],
  [
    { on: { api: 'Produce' }, do: { edit: { 'responses.*.partitionResponse': [] } } },
    'do.edit.responses.*.partitionResponse: responses.* has no "partitionResponse", did you mean "partitionResponses"?',
  ],
  [
    { on: { api: 'Produce' }, do: { edit: { 'responses.name': 'x' } } },
    'do.edit.responses.name: responses is a list: say responses.* or responses.0',
  ],
  [
    { on: { api: 'Metadata' }, do: { edit: { 'brokers.*.port': 'x' } } },
    'do.edit.brokers.*.port: must be int32, not "x"',
  ],
  [
    { on: { api: 'Metadata' }, do: { edit: { 'brokers.*.port': 2 ** 31 } } },
    'do.edit.brokers.*.port: must be int32, not 2147483648',
  ],
  [
    { on: { api: 'Metadata' }, do: { edit: { 'brokers.*.port': null } } },
    'do.edit.brokers.*.port: must be int32, not null',
  ],
])('fault rule: %j is refused', (rule, issue) => {
  expect(issues(rule)).toContain(issue)
})

test('fault rule: everything that is wrong is told at once', () => {
  expect(issues({ on: { topik: 1, api: 'x' }, do: { drop: 'x' }, times: -1 })).toHaveLength(4)
})

test('fault kinds: the list and the folder are equal, and each explains itself', () => {
  const notKinds = [
    'answer-fields',
    'brokers-meant',
    'partitions-meant',
    'chain',
    'fault-kind',
    'index',
    'match',
    'near-miss',
    'rule',
    'step',
    'unconsumed',
    'whole-answer',
  ]
  const files = readdirSync(import.meta.dirname)
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => file.replace('.ts', ''))
  expect(files.filter((file) => !notKinds.includes(file)).sort()).toEqual(faultKinds.map(({ key }) => key).sort())
  for (const { key, doc, fields } of faultKinds) {
    expect([fields[0]?.key, fields[0]?.required, doc.endsWith('.')]).toEqual([key, true, true])
  }
})
