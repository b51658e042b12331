import { partitionName, shownMs, type Violation } from '../history.ts'
import type { Law } from './law.ts'
import { forgottenUnbound, lossesUnbound } from './losses.ts'

/**
 * SEQ: for each producer id, epoch and partition the first transmissions start at sequence 0 (or where the scenario
 * begins) and leave no gap, modulo 2^31. (Judged by what arrives: a frame that died with its connection may make one range arrive late, so a gap counts
 * only if it is never filled.)
 */
export const seq: Law = {
  name: 'SEQ',
  countsRequests: true,
  statement: 'the sequences of one producer id, epoch and partition start at 0 and have no gap',
  unbound(history) {
    if (!history.producer.idempotent) return 'not idempotent: batches carry no sequence'
    // A batch that is given up leaves a hole behind which its successors may already be on their way.
    const isGivenUp = history.sent.some((record) => record.settlements.some((end) => end.outcome === 'failed'))
    if (isGivenUp) return 'a failed batch may leave a hole until the epoch is bumped'
    // A leader that knows no producer takes a batch behind a gap, and what belongs into that then needs a new epoch (seed 9694993600982).
    return forgottenUnbound(history) ?? lossesUnbound(history)
  },
  judge(history) {
    const ranges = new Map<string, Map<number, { readonly count: number; readonly atMs: number }>>()
    for (const batch of history.batches) {
      if (batch.producerId < 0n) continue
      const identity = `${partitionName(batch)}, producer id ${batch.producerId}, epoch ${batch.producerEpoch}`
      const starts = ranges.get(identity) ?? new Map()
      ranges.set(identity, starts)
      const before = starts.get(batch.baseSequence)
      // Of several contents the shortest: a batch that was too large came again in parts, under its own numbers.
      if (before === undefined || batch.recordCount < before.count) {
        starts.set(batch.baseSequence, { count: batch.recordCount, atMs: batch.atMs })
      }
    }
    return [...ranges].flatMap(([identity, starts]): Violation[] => {
      // Follow the chain from 0; what it does not reach stands behind a gap.
      const reached = new Set<number>()
      const { firstSequence } = history.producer
      let at = starts.has(firstSequence) ? firstSequence : 0
      for (let range = starts.get(at); range !== undefined && !reached.has(at); range = starts.get(at)) {
        reached.add(at)
        at = (at + range.count) % 2 ** 31
      }
      const behind = [...starts].find(([start]) => !reached.has(start))
      if (behind === undefined) return []
      return [
        {
          law: 'SEQ',
          message: `${identity}: sequence ${at} never arrived, ${behind[0]} did`,
          evidence: [`sequence ${behind[0]} arrived at ${shownMs(behind[1].atMs)}`],
          atMs: behind[1].atMs,
        },
      ]
    })
  },
}
