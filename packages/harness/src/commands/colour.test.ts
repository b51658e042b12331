import { expect, test } from 'vitest'
import { wantsColour } from './colour.ts'

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
])('colour: %j on a terminal (%s) is %s', (env, isTerminal, expected) => {
  expect(wantsColour(env, isTerminal)).toBe(expected)
})
