import { expect, test } from 'vitest'
import { didYouMean, suggestion } from './did-you-mean.ts'

const keys = ['delay', 'disconnect', 'drop', 'error', 'stop-broker', 'clientId']

test.each([
  ['deley', 'delay'],
  ['diconnect', 'disconnect'],
  ['stopBroker', 'stop-broker'],
  ['client_id', 'clientId'],
  ['eroor', 'error'],
  ['dorp', 'drop'],
])('did you mean: %s is taken for %s', (written, meant) => {
  expect(didYouMean(written, keys)).toBe(meant)
})

test('did you mean: nothing near is no suggestion', () => {
  expect([didYouMean('banana', keys), suggestion('banana', keys), didYouMean('x'.repeat(1e6), keys)]).toEqual([
    undefined,
    '',
    undefined,
  ])
})
