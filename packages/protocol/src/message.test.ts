import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyMessage } from '../test/any-message.ts'
import type { Api } from './api.ts'
import { apis } from './apis/index.ts'
import { decodeRequestHeader } from './header.ts'
import { decodeRequestBody, decodeResponse, encodeRequest, encodeResponse } from './message.ts'
import { DecodeError } from './wire/reader.ts'

type Side = 'request' | 'response'
interface Message {
  readonly api: Api
  readonly version: number
  readonly side: Side
}

const header = { correlationId: 7, clientId: 'app' }

const everyMessage: Message[] = (Object.values(apis) as Api[]).flatMap((api) =>
  versionsOf(api).flatMap((version) => [
    { api, version, side: 'request' as const },
    { api, version, side: 'response' as const },
  ]),
)

function versionsOf(api: Api): number[] {
  return Array.from({ length: api.versions.max - api.versions.min + 1 }, (_, i) => api.versions.min + i)
}

/** The frame without its length prefix. */
function encode({ api, version, side }: Message, body: Record<string, unknown>): Uint8Array {
  const frame = side === 'request' ? encodeRequest(api, version, header, body) : encodeResponse(api, version, 7, body)
  expect(new DataView(frame.buffer, frame.byteOffset).getInt32(0)).toBe(frame.length - 4)
  return frame.subarray(4)
}

function decode({ api, version, side }: Message, frame: Uint8Array): { correlationId: number; body: unknown } {
  if (side === 'response') return decodeResponse(api, version, frame)
  const { correlationId, bodyOffset } = decodeRequestHeader(frame)
  return { correlationId, body: decodeRequestBody(api, version, frame, bodyOffset) }
}

describe.each(everyMessage)('$api.name v$version $side', (message) => {
  const any = anyMessage(message.api.plans.of(message.side, message.version))

  test('codec: what was encoded is decoded', () => {
    fc.assert(
      fc.property(any, ({ input, decoded }) => {
        expect(decode(message, encode(message, input))).toEqual({ correlationId: 7, body: decoded })
      }),
      { numRuns: 25 },
    )
  })

  test('codec: a frame cut short anywhere is a DecodeError that names a field', () => {
    fc.assert(
      fc.property(any, ({ input }) => {
        const frame = encode(message, input)
        for (let length = 0; length < frame.length; length++) {
          const error = thrownBy(() => decode(message, frame.slice(0, length)))
          if (!(error instanceof DecodeError)) throw new Error(`cut at ${length}: ${String(error)}`)
          if (error.field === '') throw new Error(`cut at ${length}: no field`)
        }
      }),
      { numRuns: 3 },
    )
  })

  test('codec: a damaged frame is a message or a DecodeError, never another failure', () => {
    fc.assert(
      fc.property(any, fc.nat(), fc.nat(255), ({ input }, at, byte) => {
        const frame = encode(message, input).slice()
        frame[at % frame.length] = byte
        const error = thrownBy(() => decode(message, frame))
        if (error !== undefined && !(error instanceof DecodeError)) throw error
      }),
      { numRuns: 25 },
    )
  })
})

test('codec: bytes after the last field are ignored, as Kafka ignores them', () => {
  const message: Message = { api: apis.Metadata, version: 4, side: 'request' }
  const frame = encode(message, { topics: null, allowAutoTopicCreation: true })
  const longer = new Uint8Array([...frame, 1, 2, 3])
  expect(decode(message, longer)).toEqual(decode(message, frame))
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}
