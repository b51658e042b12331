import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type CapturedFrames, problemsOf } from '../test/captured-frames.ts'
import { apis, produce } from './apis/index.ts'

// Captured with `pnpm interop frames --refresh` between clients and real brokers. Neither side was ours to get wrong,
// except where the client is harrow: there it is the answers that count.

const folder = new URL('../golden/', import.meta.url)
const captures = readdirSync(folder).map((name): [string, CapturedFrames] => [
  name.replace('.json', ''),
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CapturedFrames,
])

test.each(captures)('golden: every frame of %s comes out of our codec as it went in', (_, { frames }) => {
  // franz-go says the least: four requests of different shapes.
  expect(frames.length).toBeGreaterThan(3)
  expect(frames.flatMap(problemsOf)).toEqual([])
})

test('golden: every API was heard from a real broker at every version that it serves', () => {
  const heard = new Set(captures.flatMap(([, { frames }]) => frames.map(({ api, version }) => `${api} v${version}`)))
  const missing = Object.values(apis).flatMap((api) => {
    const versions = Array.from({ length: api.versions.max - api.versions.min + 1 }, (_, i) => api.versions.min + i)
    return versions.map((version) => `${api.name} v${version}`).filter((name) => !heard.has(name))
  })
  expect(missing).toEqual([])
})

test('golden: a frame with one bit changed does not pass', () => {
  const frame = captures.flatMap(([, { frames }]) => frames).find(({ api }) => api === produce.name)
  if (frame === undefined) throw new Error('no Produce captured')
  // The last byte of the frame before its empty tagged fields is one of the record batch: its checksum tells.
  const at = frame.request.length - 20
  const changed = frame.request.slice(0, at) + (frame.request[at] === '0' ? '1' : '0') + frame.request.slice(at + 1)
  expect(problemsOf({ ...frame, request: changed })).not.toEqual([])
})
