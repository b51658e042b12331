import {
  conditionFields,
  describeType,
  type FaultFamily,
  type FaultKind,
  type Field,
  faultFamilies,
  faultKinds,
  ruleFields,
} from '@harrow/mock-broker/core'
import { stringify } from 'yaml'

const families: Readonly<Record<FaultFamily, { readonly title: string; readonly doc: string }>> = {
  connection: {
    title: 'Connections',
    doc: 'Before there is a request. Conditions are `broker` and the counts, which count connections.',
  },
  request: { title: 'Requests', doc: 'A request has arrived. Each kind says whether it is applied.' },
  response: { title: 'Answers', doc: 'The request was applied; something is wrong with what the client is told.' },
  bytes: { title: 'Bytes of the answer', doc: 'The request was applied and the answer is right; its bytes are not.' },
  cluster: {
    title: 'The cluster',
    doc: 'At a time (`at`), or when a request comes (`on`), which then goes on.',
  },
}

/** One row for each kind of fault, in Markdown. */
export function faultTable(): string {
  return [
    '| fault | what happens | example |',
    '|---|---|---|',
    ...faultKinds.map(({ key, doc, example }) => `| \`${key}\` | ${cell(doc)} | \`${cell(flow(example.rule))}\` |`),
    '',
  ].join('\n')
}

/** Everything that a fault rule can say, in Markdown: made from the tables that parse rules. */
export function faultReference(): string {
  return [
    '# Faults',
    '',
    'Made by `harrow faults` from the tables that parse rules; a test compares. Every example is run by a test.',
    '',
    'A fault is a rule made of data: when, what, how often. It is the same in TypeScript (`cluster.fault({ ... })`), in the',
    '`faults` of a scenario, and over HTTP.',
    '',
    '```yaml',
    'name: lose the first ack',
    'on: { api: Produce, topic: orders, partition: 1, nth: 1 }',
    'do: { drop: response }',
    '```',
    '',
    '## A rule',
    '',
    fieldTable(ruleFields),
    '',
    '`do` is one of the kinds below. Durations are milliseconds or `150ms`, `2s`, `1m`; sizes are bytes or `16KiB`, `1MiB`.',
    '',
    '### `on`: which requests',
    '',
    'All that is given must hold, and a request that has nothing of the kind does not fit. A topic is found by name or by id.',
    '',
    fieldTable(conditionFields),
    '',
    '### Which rule acts',
    '',
    '1. Rules are tried in the order in which they were added. The first that fits acts, and no other does on that request.',
    '2. A rule fits when its conditions hold, its window (`from`, `until`, `once`) is open, its count (`nth`, `after`, `every`)',
    '   is reached, chance (`probability`) draws it, and it has acted less than `times`.',
    '3. Counts count what meets the conditions while the window is open, whether the rule acts or not, and whatever stands',
    '   before it. A rule that has acted `times` often, that observes, or whose window is shut, stands before no other.',
    '4. Chance is drawn from the seed by the name of the rule and the number of the request: adding or taking out a rule moves',
    '   no draw of another.',
    '5. `once` starts a rule when another has hit, as if it was added then. `until: { hit: ... }` ends it.',
    '',
    '`hits()` counts how often it acted, `await hit(n)` waits for it, `remove()` takes it out and ends what it still does to the',
    'cluster. `assertFaultsConsumed()` throws a table of the rules that did not act as often as they say (a rule without a',
    'number, at all), with what came closest: which conditions did not hold, and what came instead.',
    '',
    ...faultFamilies.flatMap((family) => [
      `## ${families[family].title}`,
      '',
      families[family].doc,
      '',
      ...faultKinds.filter((kind) => kind.family === family).flatMap(section),
    ]),
  ].join('\n')
}

function section({ key, doc, fields, example }: FaultKind): string[] {
  const yaml = Object.entries(example.rule).map(([name, value]) => `${name}: ${flow(value)}`)
  return [`### ${key}`, '', doc, '', fieldTable(fields), '', '```yaml', ...yaml, '```', '', example.shows, '']
}

function fieldTable(fields: readonly Field[]): string {
  const rows = fields.map(({ key, type, doc, required, default: fallback }) => {
    const otherwise = required ? ' Required.' : fallback === undefined ? '' : ` Default ${fallback}.`
    return `| \`${key}\` | ${cell(typeText(type))} | ${cell(doc)}${otherwise} |`
  })
  return ['| key | value | |', '|---|---|---|', ...rows].join('\n')
}

/** Shorter than in a message about a mistake, which has to say what else there is. */
function typeText(type: Field['type']): string {
  switch (type.is) {
    case 'duration':
      return 'duration'
    case 'size':
      return 'size'
    case 'integer':
      return type.max >= 2 ** 31 - 1 ? (type.min > 0 ? 'number from 1' : 'number') : `${type.min} to ${type.max}`
    case 'one-of':
      return type.values.length > 12 ? 'a name' : type.values.map((value) => `\`${value}\``).join(', ')
    case 'object':
      return `{ ${type.fields.map((field) => (field.required ? field.key : `${field.key}?`)).join(', ')} }`
    case 'any-of':
      return type.types.map(typeText).join(', or ')
    case 'list':
      return `list of ${typeText(type.of)}`
    case 'map':
      return 'map'
    default:
      return describeType(type)
  }
}

/** A rule as one writes it in one line of YAML. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
