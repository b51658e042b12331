import { expect, test } from 'vitest'
import { produce } from './apis/index.ts'
import { negotiate } from './negotiate.ts'

test.each([
  { peer: { minVersion: 0, maxVersion: 11 }, version: 11, why: 'the peer is older' },
  { peer: { minVersion: 3, maxVersion: 99 }, version: 13, why: 'the peer is newer' },
  { peer: { minVersion: 0, maxVersion: 3 }, version: 3, why: 'one version in common' },
  { peer: { minVersion: 13, maxVersion: 20 }, version: 13, why: 'one version in common' },
  { peer: { minVersion: 0, maxVersion: 2 }, version: undefined, why: 'the peer is too old' },
  { peer: { minVersion: 14, maxVersion: 15 }, version: undefined, why: 'the peer is too new' },
  { peer: { minVersion: 9, maxVersion: 5 }, version: undefined, why: 'an empty range' },
  { peer: undefined, version: undefined, why: 'the peer does not know the API' },
])('negotiate: $version, because $why', ({ peer, version }) => {
  expect(negotiate(produce, peer)).toBe(version)
})
