import { expect, test } from 'vitest'
import { acknowledged, entry, history, notIdempotent, observed, written } from '../../test/hand-made-history.ts'
import { acked } from './acked.ts'

test('ACKED: a record at the offset that was acknowledged is lawful', () => {
  expect(acked.judge(history([written(0), written(1)]))).toEqual([])
})

test('ACKED: an unknown offset only asks for the record to be in the partition', () => {
  expect(acked.judge(history([{ ends: [acknowledged(0, -1)], logged: [[0, 4]] }]))).toEqual([])
  expect(acked.judge(history([{ ends: [acknowledged(0, -1)], logged: [[1, 4]] }]))).toHaveLength(1)
})

test('ACKED: of a client that tells no partition, the record may be anywhere in its topic, but not nowhere', () => {
  expect(acked.judge(history([{ ends: [acknowledged(-1, -1)], logged: [[1, 4]] }]))).toEqual([])
  expect(acked.judge(history([{ ends: [acknowledged(-1, -1)] }]))[0]?.message).toBe(
    'record 0 was acknowledged as somewhere in orders, where there is nothing',
  )
})

test('ACKED: a record that is nowhere is found', () => {
  const found = acked.judge(history([written(0), { ends: [acknowledged(0, 1)] }]))
  expect(found.map((one) => one.message)).toEqual(['record 1 was acknowledged as orders-0@1, where there is nothing'])
})

test('ACKED: an offset that is one off is found', () => {
  const found = acked.judge(history([written(0, { ends: [acknowledged(0, 1)] }), written(1)]))
  expect(found[0]).toMatchObject({
    message: 'record 0 was acknowledged as orders-0@1, where something else is',
    evidence: ['the record is at orders-0@0'],
  })
})

test('ACKED: bytes that differ are found', () => {
  const good = history([written(0)])
  const value = good.sent[0]!.value.slice()
  value[29]! ^= 1
  expect(acked.judge({ ...good, log: [{ ...entry(good.sent[0]!, 0, 0), value }] })).toHaveLength(1)
})

test('ACKED: binds acks=1 only while no leader is lost, and acks=0 never', () => {
  expect(acked.unbound?.(history([]))).toBeUndefined()
  const oneAck = { ...notIdempotent, acks: 1 as const }
  expect(acked.unbound?.(history([], { producer: oneAck }))).toBeUndefined()
  expect(acked.unbound?.(history([], { producer: oneAck, losesLeaders: true }))).toMatch('acks=1')
  expect(acked.unbound?.(history([], { producer: { ...notIdempotent, acks: 0 } }))).toMatch('acks=0')
})

test('ACKED: what was handed over before its partition lost its records is nobody’s fault, what comes after is', () => {
  const lost = { ends: [acknowledged(0, 1)] }
  const deleted = observed(20, 'topic-deleted', { topic: 'orders' })
  const elected = [
    observed(20, 'fault-hit', { action: 'unclean-election' }),
    observed(20, 'leader-moved', { topic: 'orders', partition: 0, leader: 2 }),
  ]
  const judged = (atMs: number, ...trace: ReturnType<typeof observed>[]) =>
    acked.judge(history([{ ...lost, atMs }], { trace })).length
  expect([judged(10, deleted), judged(30, deleted)]).toEqual([0, 1])
  expect([judged(10, ...elected), judged(30, ...elected)]).toEqual([0, 1])
  // A leader that moves in good order loses nothing, nor does an unclean election of another partition.
  expect(judged(10, elected[1]!)).toBe(1)
  const other = observed(20, 'leader-moved', { topic: 'orders', partition: 1, leader: 2 })
  expect(judged(10, elected[0]!, other)).toBe(1)
})
