import { readdirSync, readFileSync } from 'node:fs'
import { type Api, apis, encodeRequest, type RequestInput } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import fc from 'fast-check'
import { anyMessage, type Likely } from '../../protocol/test/any-message.ts'
import type { CapturedFrames } from '../../protocol/test/captured-frames.ts'
import { batchOf } from './simulated.ts'

/** What a stranger may send: whole requests of every API and version, damaged ones, and anything at all. */

const everyVersion = (Object.values(apis) as Api[]).flatMap((api) =>
  Array.from({ length: api.versions.max - api.versions.min + 1 }, (_, i) => ({ api, version: api.versions.min + i })),
)

const batches = [
  batchOf(3),
  batchOf(3, { producerId: 0n }),
  batchOf(2, { producerId: 0n, baseSequence: 3 }),
  batchOf(1, { producerId: 0n, isTransactional: true }),
  ...[nodeCodecs.gzip, nodeCodecs.snappy, nodeCodecs.lz4].map((codec) => batchOf(20, { codec })),
]

/** Requests that any version can carry, about the topics and producers that the cluster knows. */
function wholeRequest(topicIds: readonly string[]): fc.Arbitrary<Uint8Array> {
  const likely: Likely = {
    strings: ['orders', 'audit', '1', 'retention.ms', 'min.insync.replicas', '2'],
    uuids: topicIds,
    bytes: batches,
    integers: [-2, -1, 0, 1, 2, 3, 16, 1000],
    longs: [-2n, -1n, 0n, 1n, 3n, 2n ** 63n - 1n],
  }
  const header = fc.record({
    correlationId: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
    clientId: fc.constantFrom('hostile', null, '', 'ü'.repeat(100)),
  })
  return fc.oneof(
    ...everyVersion.map(({ api, version }) =>
      fc
        .tuple(header, anyMessage(api.plans.of('request', version), likely))
        .map(([head, { input }]) => encodeRequest(api, version, head, input as RequestInput<Api>)),
    ),
  )
}

/** What real clients sent, with the length prefix. */
function capturedRequests(): Uint8Array[] {
  const folder = new URL('../../protocol/golden/', import.meta.url)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CapturedFrames).frames)
    .map(({ request }) => prefixed(Buffer.from(request, 'hex')))
}

function prefixed(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + frame.length)
  bytes.set(frame, 4)
  new DataView(bytes.buffer).setInt32(0, frame.length)
  return bytes
}

/** Values that break decoders: ends of ranges, and the lengths and varints that promise the most. */
const nasty = [
  [0xff, 0xff, 0xff, 0xff],
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0x00, 0x00, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x00],
]

const damage = fc.oneof(
  fc.record({ how: fc.constant('set' as const), at: fc.nat(), to: fc.nat(255) }),
  fc.record({ how: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({ how: fc.constant('write' as const), at: fc.nat(), bytes: fc.constantFrom(...nasty) }),
  fc.record({ how: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ how: fc.constant('repeat' as const), at: fc.nat(), length: fc.nat(64) }),
  fc.record({ how: fc.constant('false-length' as const), to: fc.integer({ min: -0x80000000, max: 0x7fffffff }) }),
)

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function damaged(frame: Uint8Array, all: readonly Damage[]): Uint8Array {
  let body = Buffer.from(frame.subarray(4))
  let falseLength: number | undefined
  for (const one of all) {
    if (one.how === 'false-length') {
      falseLength = one.to
      continue
    }
    if (body.length === 0) break
    const at = one.at % body.length
    if (one.how === 'set') body.fill(one.to, at, at + 1)
    else if (one.how === 'flip') body.fill((body[at] ?? 0) ^ (1 << one.bit), at, at + 1)
    else if (one.how === 'write') body.set(one.bytes.slice(0, body.length - at), at)
    else if (one.how === 'cut') body = body.subarray(0, at)
    else body = Buffer.concat([body.subarray(0, at + one.length), body.subarray(at)])
  }
  const bytes = prefixed(body)
  if (falseLength !== undefined) new DataView(bytes.buffer).setInt32(0, falseLength)
  return bytes
}

/** One thing that a stranger sends. `topicIds`: those that the cluster knows. */
export function anyFrame(topicIds: readonly string[]): fc.Arbitrary<Uint8Array> {
  const whole = wholeRequest(topicIds)
  const captured = fc.constantFrom(...capturedRequests())
  const someDamage = fc.array(damage, { minLength: 1, maxLength: 4 })
  return fc.oneof(
    { weight: 4, arbitrary: whole },
    { weight: 3, arbitrary: fc.tuple(whole, someDamage).map(([frame, all]) => damaged(frame, all)) },
    { weight: 5, arbitrary: fc.tuple(captured, someDamage).map(([frame, all]) => damaged(frame, all)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map(prefixed) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  )
}
