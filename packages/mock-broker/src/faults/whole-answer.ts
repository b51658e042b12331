import type { Delivery } from './fault-kind.ts'

/** An answer in one piece, at once: what happens without a fault. */
export function wholeAnswer(frame: Uint8Array): Delivery {
  return { pieces: [{ bytes: frame, afterMs: 0 }] }
}

/** An answer in pieces of at most so many bytes, each so long after the one before. */
export function inPieces(frame: Uint8Array, pieceBytes: number, everyMs: number): Delivery {
  const pieces = []
  for (let from = 0; from < frame.length; from += pieceBytes) {
    pieces.push({ bytes: frame.subarray(from, from + pieceBytes), afterMs: from === 0 ? 0 : everyMs })
  }
  return { pieces }
}
