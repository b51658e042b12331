import { expect, test } from 'vitest'
import { history } from '../../test/hand-made-history.ts'
import { fired } from './fired.ts'

test('FIRED: a fault that acted is lawful', () => {
  expect(
    fired.judge(history([], { faults: [{ name: 'lose the ack', hits: 1, isConsumed: true, closest: undefined }] })),
  ).toEqual([])
})

test('FIRED: a fault that never acted is found, with the condition that came closest', () => {
  const faults = [{ name: 'lose the ack', hits: 0, isConsumed: false, closest: 'nth 9: 3 requests fitted the rest' }]
  expect(fired.judge(history([], { faults }))).toMatchObject([
    { message: 'the fault "lose the ack" never acted', evidence: ['closest: nth 9: 3 requests fitted the rest'] },
  ])
})

test('FIRED: a fault that acted less often than it says is found', () => {
  const faults = [{ name: 'refuse three times', hits: 2, isConsumed: false, closest: undefined }]
  expect(fired.judge(history([], { faults })).map((one) => one.message)).toEqual([
    'the fault "refuse three times" acted only 2 times',
  ])
})
