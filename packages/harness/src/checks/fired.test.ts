import { expect, test } from 'vitest'
import { history } from '../../test/hand-made-history.ts'
import { fired } from './fired.ts'

test('FIRED: a fault that acted is lawful', () => {
  expect(fired.judge(history([], { faults: [{ name: 'lose the ack', hits: 1, closest: undefined }] }))).toEqual([])
})

test('FIRED: a fault that never acted is found, with the condition that came closest', () => {
  const faults = [{ name: 'lose the ack', hits: 0, closest: 'nth 9: 3 requests fitted the rest' }]
  expect(fired.judge(history([], { faults }))).toMatchObject([
    { message: 'the fault "lose the ack" never acted', evidence: ['closest: nth 9: 3 requests fitted the rest'] },
  ])
})
