import { Decompress } from 'fzstd'
import { type CompressionCodec, CompressionError, checkDecompressedBytes, compressionIds } from './codec.ts'
import { readZstdFrames } from './zstd-frame.ts'

/** Zstandard, as a platform or a library has it. Both throw what they like. */
export interface ZstdFunctions {
  /** One frame. Left out if there is only a decompressor. */
  compress?(bytes: Uint8Array): Uint8Array
  /** One frame, `bytes` being all of it; it makes `decompressedBytesMax` bytes at most, by what its blocks say. */
  decompressFrame(bytes: Uint8Array, decompressedBytesMax: number): Uint8Array
}

/** A codec around a zstd library; frames are found, and bounded, here. An entry file binds it. */
export function zstdCodec(functions: ZstdFunctions): CompressionCodec {
  return {
    name: 'zstd',
    id: compressionIds.zstd,
    compress(bytes) {
      if (functions.compress === undefined) {
        throw new CompressionError(
          'zstd',
          'no compressor here. Node has one from 22.15; else install @bokuweb/zstd-wasm, and give what loadZstd() resolves to',
        )
      }
      return guarded('compress', () => functions.compress!(bytes))
    },
    decompress(bytes, decompressedBytesMax) {
      const parts: Uint8Array[] = []
      let total = 0
      for (const frame of readZstdFrames(bytes)) {
        const left = decompressedBytesMax - total
        if (frame.contentBytes !== undefined)
          checkDecompressedBytes('zstd', total + frame.contentBytes, decompressedBytesMax)
        const part = guarded('decompress', () =>
          functions.decompressFrame(frame.bytes, Math.min(left, frame.contentBytesMax)),
        )
        if (frame.contentBytes !== undefined && part.length !== frame.contentBytes) {
          throw new CompressionError('zstd', `a frame of ${part.length} bytes says ${frame.contentBytes}`)
        }
        total += part.length
        checkDecompressedBytes('zstd', total, decompressedBytesMax)
        parts.push(part)
      }
      return join(parts, total)
    },
  }
}

/** Reads zstd anywhere, with fzstd; cannot compress. */
export const zstdDecompressor: CompressionCodec = zstdCodec({ decompressFrame: decompressWithFzstd })

/** One frame through fzstd's stream, which says exactly how much came out, and can be stopped. */
export function decompressWithFzstd(bytes: Uint8Array, decompressedBytesMax: number): Uint8Array {
  const parts: Uint8Array[] = []
  let total = 0
  const stream = new Decompress((part) => {
    total += part.length
    checkDecompressedBytes('zstd', total, decompressedBytesMax)
    parts.push(part)
  })
  stream.push(bytes, true)
  return join(parts, total)
}

function guarded(verb: 'compress' | 'decompress', run: () => Uint8Array): Uint8Array {
  try {
    return run()
  } catch (error) {
    if (error instanceof CompressionError) throw error
    throw new CompressionError('zstd', `cannot ${verb}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}

function join(parts: readonly Uint8Array[], total: number): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const joined = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
