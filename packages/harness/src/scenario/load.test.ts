import { expect, test } from 'vitest'
import { parseScenarioText, ScenarioFileError } from './load.ts'
import { producersOf } from './producers.ts'

const good = `# a comment
name: A fact
why: Because.
cluster:
  brokers: 3
  topics: { orders: { partitions: 6, replicas: 3 }, audit: 1 }
producer:
  linger.ms: 5
  enable.idempotence: true
workload:
  - produce: { topic: orders, records: 20, value: 1KiB, rate: 1000/s }
  - pause: 1.5s
  - flush:
  - close: { timeout: 2s }
faults:
  - name: lose an ack
    on: { api: Produce, topic: orders, nth: 1 }
    do: { drop: response }
    times: 1
expect:
  - delivered: all
  - requests: { api: Produce, max: 9 }
  - errors: { DELIVERY_TIMEOUT: { max: 3 } }
`

/** `line:column: message` of everything that is wrong. */
function complaints(text: string): string[] {
  try {
    parseScenarioText(text, 'bad.yaml')
  } catch (error) {
    if (!(error instanceof ScenarioFileError)) throw error
    return error.message.split('\n').map((line) => line.replace(/^bad\.yaml:/, ''))
  }
  return []
}

test('load: durations become milliseconds, sizes bytes, rates numbers, counts ranges', () => {
  expect(parseScenarioText(good, 'good.yaml')).toMatchObject({
    name: 'A fact',
    cluster: { brokers: 3, topics: { orders: { partitions: 6, replicas: 3 }, audit: 1 } },
    producer: { 'linger.ms': 5, 'enable.idempotence': true },
    workload: [
      { produce: { topic: 'orders', records: 20, value: 1024, rate: 1000 } },
      { pause: 1500 },
      { flush: null },
      { close: { timeout: 2000 } },
    ],
    faults: [{ name: 'lose an ack' }],
    expect: [
      { delivered: 'all' },
      { requests: { api: 'Produce', max: 9 } },
      { errors: { DELIVERY_TIMEOUT: { min: 0, max: 3 } } },
    ],
  })
})

/** The good file with one place changed. */
function with_(from: string, to: string): string {
  if (!good.includes(from)) throw new Error(`the good file has no ${from}`)
  return good.replace(from, to)
}

test.each([
  [
    'an unknown key',
    with_('name: A fact', 'nmae: A fact'),
    ['2:1: "name" is missing', '2:1: unknown key "nmae", did you mean "name"?'],
  ],
  [
    'a key too many',
    with_('why: Because.', 'colour: red'),
    [
      '3:1: unknown key "colour"; known: name, why, incidents, matrix, repeat, seed, worlds, needs, strict, network, cluster, producer, producers, numbersFrom, workload, faults, expect',
    ],
  ],
  ['a wrong type', with_('brokers: 3', 'brokers: three'), ['5:12: expected a number']],
  ['a value out of range', with_('brokers: 3', 'brokers: 0'), ['5:12: must be at least 1']],
  [
    'an unknown key inside a topic',
    with_('partitions: 6', 'partition: 6'),
    ['6:23: unknown key "partition", did you mean "partitions"?'],
  ],
  [
    'an unknown producer setting',
    with_('linger.ms: 5', 'lingerMs: 5'),
    ['8:3: unknown producer setting "lingerMs", did you mean "linger.ms"?'],
  ],
  [
    'a producer setting out of range',
    with_('linger.ms: 5', 'linger.ms: -5'),
    ['8:14: linger.ms = -5: allowed is a whole number from 0'],
  ],
  ['an unknown step', with_('- pause: 1.5s', '- puase: 1.5s'), ['12:5: unknown step "puase", did you mean "pause"?']],
  [
    'two steps in one',
    with_('- pause: 1.5s', '- pause: 1.5s\n    flush:'),
    ['13:5: one step has one key, and this one has "pause" already: begin a new item'],
  ],
  [
    'a step without a colon',
    with_('- flush:', '- flush'),
    [
      '13:5: expected one step: a map with one key out of produce, flush, until, pause, parallel, close. Write "flush:" with a colon.',
    ],
  ],
  [
    'a misspelt field of a step',
    with_('records: 20', 'recrods: 20'),
    ['11:5: "records" is missing', '11:31: unknown key "recrods", did you mean "records"?'],
  ],
  [
    'a bad duration',
    with_('1.5s', '1.5 sec'),
    ['12:12: "1.5 sec" is not a duration: write 150ms, 2s, 1m, or a number of milliseconds'],
  ],
  [
    'a bad size',
    with_('1KiB', '1kB'),
    ['11:51: "1kB" is not a size: write 100B, 16KiB, 1MiB, or a whole number of bytes'],
  ],
  [
    'a value without room for its marks',
    with_('1KiB', '10B'),
    ['11:51: a value has at least 24 bytes: it carries the marks by which the log is judged'],
  ],
  [
    'a bad rate',
    with_('1000/s', '1000/m'),
    ['11:63: "1000/m" is not a rate: write 1000/s, or a number per second above 0'],
  ],
  [
    'a misspelt condition of a fault',
    with_('topic: orders, nth', 'topc: orders, nth'),
    ['17:25: unknown key "topc", did you mean "topic"?'],
  ],
  [
    'a misspelt action',
    with_('drop: response', 'drop: respnse'),
    [expect.stringMatching(/^18:17: .*did you mean "response"/)],
  ],
  [
    'an unknown expectation',
    with_('delivered: all', 'deliverd: all'),
    ['21:5: unknown expectation "deliverd", did you mean "delivered"?'],
  ],
  [
    'a wrong value of an expectation',
    with_('delivered: all', 'delivered: some'),
    ['21:16: expected all, none, a whole number, or { min, max }'],
  ],
  ['a misspelt field of an expectation', with_('max: 9', 'mx: 9'), ['22:31: unknown key "mx", did you mean "max"?']],
  [
    'a misspelt end of a range',
    with_('{ max: 3 }', '{ at-most: 3 }'),
    ['23:35: unknown key "at-most"; known: min, max'],
  ],
  [
    'more replicas than brokers',
    with_('replicas: 3', 'replicas: 4'),
    ['6:48: must be at most the number of brokers, 3, not 4'],
  ],
  [
    'a misspelt topic setting',
    with_('audit: 1', 'audit: { config: { min.insync.replica: 2 } }'),
    ['6:72: unknown key "min.insync.replica", did you mean "min.insync.replicas"?'],
  ],
  ['bad YAML', with_('why: Because.', 'why: "Because.'), [expect.stringMatching(/^\d+:\d+: .*quote/)]],
  ['a key twice', with_('why: Because.', 'why: Because.\nname: Again'), ['4:1: Map keys must be unique']],
  [
    'a list where a map belongs',
    '- name: A fact\n',
    [
      '1:1: expected a scenario, a map with the keys name, why, incidents, matrix, repeat, seed, worlds, needs, strict, network, cluster, producer, producers, numbersFrom, workload, faults, expect',
    ],
  ],
  [
    'nothing at all',
    '',
    [
      '1:1: expected a scenario, a map with the keys name, why, incidents, matrix, repeat, seed, worlds, needs, strict, network, cluster, producer, producers, numbersFrom, workload, faults, expect',
    ],
  ],
])('load: %s is told with line, column and remedy', (_, text, expected) => {
  expect(complaints(text)).toEqual(expected)
})

test('load: everything that is wrong is told at once, in the order of the file', () => {
  const text = good
    .replace('brokers: 3', 'brokers: 0')
    .replace('- pause: 1.5s', '- puase: 1s')
    .replace('delivered: all', 'delivered: some')
  expect(complaints(text).map((line) => line.split(':')[0])).toEqual(['5', '12', '21'])
})

test('load: round-robin needs a topic whose partitions are known', () => {
  expect(complaints(with_('topic: orders, records: 20', 'topic: ordres, partition: round-robin, records: 20'))).toEqual(
    ['11:23: round-robin needs the partitions of "ordres" in cluster.topics, did you mean "orders"?'],
  )
})

test('load: an expectation for one world says why, and a cause to wait for is a fault of the file', () => {
  const text = good
    .replace('  - pause: 1.5s', '  - until: { hit: loose an ack }')
    .replace(
      'expect:\n',
      'expect:\n  - delivered: all\n    worlds: [simulatd]\n  - delivered: all\n    worlds: [tcp]\n',
    )
  expect(complaints(text)).toEqual([
    expect.stringContaining('no fault has the name "loose an ack"'),
    expect.stringContaining('expected simulated or tcp, did you mean "simulated"?'),
    expect.stringContaining('an expectation for some worlds says `because`'),
  ])
})

const several = `name: A fact
cluster: { topics: { orders: 1 } }
producers:
  billing: { linger.ms: 5 }
  shipping: { client.id: ship-it }
workload:
  - produce: { topic: orders, records: 1 }
    producer: billing
  - parallel:
      - - produce: { topic: orders, records: 1 }
          producer: [shipping, billing]
      - - pause: 5ms
        - until: { settled: 1 }
          producer: shipping
  - flush:
    producer: all
expect:
  - delivered: all
    producer: shipping
`

test('load: several producers, each with its client.id, and steps that name them', () => {
  const scenario = parseScenarioText(several, 'good.yaml')
  expect(producersOf(scenario)).toEqual([
    { name: 'billing', config: { 'client.id': 'billing', 'linger.ms': 5 }, clientId: 'billing' },
    { name: 'shipping', config: { 'client.id': 'ship-it' }, clientId: 'ship-it' },
  ])
  expect(scenario.workload).toMatchObject([
    { produce: { topic: 'orders' }, producer: ['billing'] },
    { parallel: [[{ producer: ['shipping', 'billing'] }], [{ pause: 5 }, { producer: ['shipping'] }]] },
    { flush: null, producer: ['billing', 'shipping'] },
  ])
  expect(scenario.expect).toEqual([{ delivered: 'all', producer: 'shipping' }])
})

test('load: the producer of `producer` is the default one and comes first, and one called default is it, too', () => {
  const namesOf = (text: string) => producersOf(parseScenarioText(text, 'good.yaml')).map(({ name }) => name)
  expect(namesOf(several.replace('producers:', 'producer: { acks: all }\nproducers:'))).toEqual([
    'default',
    'billing',
    'shipping',
  ])
  const withDefault = several.replace('shipping: {', 'default: {').replaceAll('shipping', 'default')
  expect(namesOf(withDefault)).toEqual(['default', 'billing'])
  expect(namesOf(good)).toEqual([undefined])
})

test.each([
  [
    'a step that names nobody',
    several.replace('producer: billing', 'producer: biling'),
    ['8:15: no producer has the name "biling", did you mean "billing"?'],
  ],
  [
    'one of a list that names nobody',
    several.replace('[shipping, billing]', '[shipping, b]'),
    ['11:32: no producer has the name "b"; known: billing, shipping'],
  ],
  [
    'one that is named twice',
    several.replace('[shipping, billing]', '[shipping, shipping]'),
    ['11:32: "shipping" is named twice'],
  ],
  [
    'a step that could mean anybody',
    several.replace('    producer: all\n', ''),
    ['15:5: which producer? Say `producer:` with billing, shipping or all, or call one of them default'],
  ],
  [
    'a pause of somebody',
    several.replace('- pause: 5ms', '- pause: 5ms\n          producer: billing'),
    ["13:11: a pause is no producer's: leave it out"],
  ],
  [
    'an expectation of nobody',
    several.replace('all\n    producer: shipping', 'all\n    producer: shopping'),
    ['19:15: no producer has the name "shopping", did you mean "shipping"?'],
  ],
  [
    'a producer where there is only one',
    good.replace('- flush:', '- flush:\n    producer: billing'),
    ['14:15: no producer has the name "billing": the scenario has only one, and no `producers`'],
  ],
  [
    'a setting of one of several',
    several.replace('linger.ms: 5', 'lingerms: 5'),
    ['4:14: unknown producer setting "lingerms", did you mean "linger.ms"?'],
  ],
  [
    'a value of one of several',
    several.replace('linger.ms: 5', 'linger.ms: -5'),
    ['4:25: linger.ms = -5: allowed is a whole number from 0'],
  ],
  [
    'one client.id for two',
    several.replace('ship-it', 'billing'),
    ['5:26: billing has the client.id "billing" too: nobody could tell their requests apart'],
  ],
  [
    'a name that means every producer',
    several.replace('  billing: {', '  all: {'),
    expect.arrayContaining(['4:3: "all" is every producer: call this one something else']),
  ],
  [
    'a second default producer',
    several.replace('  billing: {', '  default: {').replace('producers:', 'producer: {}\nproducers:'),
    expect.arrayContaining(['5:3: the producer of `producer` is called "default" already']),
  ],
  [
    'no producers',
    several.replace(/producers:\n.*\n.*/, 'producers: {}'),
    expect.arrayContaining(['3:12: must not be empty']),
  ],
])('load: %s is told with line, column and remedy', (_, text, expected) => {
  expect(complaints(text)).toEqual(expected)
})
