import type { Link, Peer } from '@harrow/runtime'
import { simulatedRuntime } from '@harrow/runtime/sim'
import { expect, test } from 'vitest'
import { MeteredRuntime } from './metered-runtime.ts'

const at = { host: 'broker', port: 9092 }
const listening = { onListening: () => {}, onError: () => {} }

function peer(more: Partial<Peer> = {}): Peer {
  return { onOpen() {}, onBytes() {}, onDrain() {}, onClose() {}, ...more }
}

function world() {
  const runtime = simulatedRuntime({ seed: 1 })
  const crashes: unknown[] = []
  return { runtime, crashes, metered: new MeteredRuntime(runtime, (error) => crashes.push(error)) }
}

test('metered runtime: a timer counts until it has run or was taken back', () => {
  const { runtime, metered } = world()
  metered.clock.wakeAt(5, () => {})
  const cancel = metered.clock.wakeAt(6, () => {})
  metered.clock.wakeAt(Number.POSITIVE_INFINITY, () => {})
  expect(metered.pendingTimers).toBe(2)
  runtime.clock.runUntil(5)
  expect(metered.pendingTimers).toBe(1)
  cancel()
  cancel()
  expect(metered.pendingTimers).toBe(0)
})

test('metered runtime: a link counts until either side has ended it', () => {
  const { runtime, metered } = world()
  const accepted: Link[] = []
  metered.transport.listen(at, () => peer({ onOpen: (link) => accepted.push(link) }), listening)
  runtime.clock.runUntil(1)
  const first = metered.transport.connect(at, peer())
  metered.transport.connect(at, peer())
  metered.transport.connect({ ...at, port: 1 }, peer())
  expect(metered.openLinks).toBe(3)
  runtime.clock.runUntil(10)
  expect(metered.openLinks).toBe(2)
  first.close()
  first.close()
  expect(metered.openLinks).toBe(1)
  accepted[1]?.close('reset')
  runtime.clock.runUntil(20)
  expect(metered.openLinks).toBe(0)
})

test('metered runtime: bytes go through, and the link handed to onOpen is the one that connect returned', () => {
  const { runtime, metered } = world()
  const heard: string[] = []
  metered.transport.listen(
    at,
    () => peer({ onBytes: (bytes) => heard.push(new TextDecoder().decode(bytes)) }),
    listening,
  )
  runtime.clock.runUntil(1)
  const opened: Link[] = []
  const link = metered.transport.connect(at, peer({ onOpen: (one) => opened.push(one) }))
  runtime.clock.runUntil(5)
  link.write(new TextEncoder().encode('hello'))
  runtime.clock.runUntil(10)
  expect(heard).toEqual(['hello'])
  expect(opened[0]).toBe(link)
})

test('metered runtime: an exception in a timer or a peer is handed over, and the world goes on', () => {
  const { runtime, metered, crashes } = world()
  const broken = (message: string) => () => {
    throw new Error(message)
  }
  metered.clock.wakeAt(1, broken('timer'))
  metered.transport.connect(at, peer({ onClose: broken('peer') }))
  runtime.clock.runUntil(10)
  expect(crashes.map((error) => (error as Error).message)).toEqual(['peer', 'timer'])
})
