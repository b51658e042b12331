import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hex, toHex } from '../test/hex.ts'
import type { Api } from './api.ts'
import { apis } from './apis/index.ts'
import { decodeRequestHeader } from './header.ts'
import { decodeRequestBody, decodeResponse, encodeRequest, encodeResponse } from './message.ts'

// A description that is wrong is wrong on both sides, and a round trip stays green. These frames are Kafka's word: a
// field too many, too few, of another width or in another order does not survive being read and written again.

const frames = readFileSync(new URL('../test/frames-kafka-4.3.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' ') as [string, string, 'request' | 'response', string])

test.each(frames)(
  'kafka frames: %s v%s %s is read to its last byte and written back unchanged',
  (name, v, side, text) => {
    const api: Api = apis[name as keyof typeof apis]
    const version = Number(v)
    const frame = hex(text)
    if (side === 'request') {
      const { correlationId, clientId, bodyOffset } = decodeRequestHeader(frame)
      const body = decodeRequestBody(api, version, frame, bodyOffset)
      expect(toHex(encodeRequest(api, version, { correlationId, clientId }, body).subarray(4))).toBe(text)
    } else {
      const { correlationId, body } = decodeResponse(api, version, frame)
      expect(toHex(encodeResponse(api, version, correlationId, body).subarray(4))).toBe(text)
    }
  },
)

test('kafka frames: there is one for each API, version and side', () => {
  const expected = (Object.values(apis) as Api[]).flatMap((api) =>
    Array.from({ length: api.versions.max - api.versions.min + 1 }, (_, i) => api.versions.min + i).flatMap(
      (version) => [`${api.name} v${version} request`, `${api.name} v${version} response`],
    ),
  )
  expect(frames.map(([name, version, side]) => `${name} v${version} ${side}`)).toEqual(expected)
})
