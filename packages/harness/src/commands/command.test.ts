import { expect, test } from 'vitest'
import { choice, parseArguments, UsageError, wholeNumber } from './command.ts'

const options = {
  world: { type: 'string', value: '<world>', doc: '' },
  topic: { type: 'string', multiple: true, doc: '' },
  name: { type: 'string', short: 't', doc: '' },
  bail: { type: 'boolean', doc: '' },
} as const

test('arguments: operands, values, switches and short forms, in any order', () => {
  expect(
    parseArguments(['a', '--world', 'tcp', '--bail', '-t', 'lost', '--topic=x', '--topic', 'y', 'b'], options),
  ).toEqual({
    operands: ['a', 'b'],
    values: { world: 'tcp', bail: true, name: 'lost', topic: ['x', 'y'] },
  })
})

test('arguments: what follows -- is an operand', () => {
  expect(parseArguments(['--', '--bail'], options)).toEqual({ operands: ['--bail'], values: {} })
})

test.each([
  [['--wrold', 'tcp'], 'unknown option --wrold, did you mean "--world"?'],
  [['--colour'], 'unknown option --colour'],
  [['-x'], 'unknown option -x'],
  [['--world'], '--world needs a value: --world <world>'],
  [['--world', '--bail'], '--world needs a value: --world <world>'],
  [['--bail=yes'], '--bail takes no value'],
])('arguments: %j is a usage error', (args, message) => {
  expect(() => parseArguments(args, options)).toThrow(new UsageError(message))
})

test('arguments: numbers and choices are checked', () => {
  const range = { min: 0, max: 65_535 }
  expect(wholeNumber({ port: '9092' }, 'port', range)).toBe(9092)
  expect(wholeNumber({}, 'port', range)).toBeUndefined()
  for (const bad of ['-1', '1.5', '65536', 'x', '']) {
    expect(() => wholeNumber({ port: bad }, 'port', range)).toThrow(
      `--port ${bad}: expected a whole number from 0 to 65535`,
    )
  }
  expect(choice({ world: 'tcp' }, 'world', ['simulated', 'tcp'])).toBe('tcp')
  expect(() => choice({ world: 'tpc' }, 'world', ['simulated', 'tcp'])).toThrow(
    '--world tpc: expected simulated, tcp, did you mean "tcp"?',
  )
})
