import type { Link } from '@harrow/runtime'
import { expect, test } from 'vitest'
import { WireCapture } from './wire-capture.ts'

const link: Link = {
  remote: { host: 'client', port: 1 },
  write: () => true,
  writeParts: () => true,
  close() {},
  pauseReading() {},
  resumeReading() {},
}

function capture(): { readonly capture: WireCapture; readonly receive: (bytes: Uint8Array) => void } {
  const clock = { nowMs: () => 0, wallMs: () => 0, wakeAt: () => () => {} }
  const made = new WireCapture(clock, { bytesMax: 2 ** 20 })
  const tap = made.tap(link, { id: 1, broker: { id: 0, host: 'broker', port: 2 } })
  return { capture: made, receive: (bytes) => tap.received(bytes) }
}

// A socket's chunk is a Buffer, whose `slice` is no copy.
test.each([10, 5_000])('wire capture: %s bytes stay as they came, whatever becomes of the chunk', (count) => {
  const { capture: captured, receive } = capture()
  const chunks = [1, 2].map((byte) => Buffer.alloc(count, byte))
  for (const chunk of chunks) receive(chunk)
  for (const chunk of chunks) chunk.fill(9)
  const seen = captured.moments.flatMap((moment) => (moment.what === 'bytes' ? [[...moment.bytes]] : []))
  expect(seen).toEqual([1, 2].map((byte) => Array.from({ length: count }, () => byte)))
})

test('wire capture: a note is for one moment', () => {
  const { capture: captured, receive } = capture()
  receive(Buffer.of(1))
  captured.note(1, 'a fault')
  captured.note(1, 'and another')
  receive(Buffer.of(2))
  expect(captured.moments.map(({ comments }) => comments)).toEqual([[], ['a fault', 'and another'], []])
})
