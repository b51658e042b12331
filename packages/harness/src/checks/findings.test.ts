import { expect, test } from 'vitest'
import { history } from '../../test/hand-made-history.ts'
import { findings } from './findings.ts'

test('FINDINGS: a cluster without complaints is lawful, one with any is not', () => {
  expect(findings.judge(history([]))).toEqual([])
  expect(findings.judge(history([], { findings: ['broker 1: malformed-frame: size -1'] }))).toMatchObject([
    { law: 'FINDINGS', message: 'broker 1: malformed-frame: size -1' },
  ])
})
