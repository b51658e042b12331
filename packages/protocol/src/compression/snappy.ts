import snappyjs from 'snappyjs'
import { hotCode } from '../wasm/hot-code.ts'
import { type CompressionCodec, CompressionError, checkDecompressedBytes, compressionIds } from './codec.ts'
import { scratchOf } from './scratch.ts'

// Kafka's snappy is a stream of the Java library (xerial): a header of 16 bytes, then blocks, each an int32 length
// and a raw snappy block. Many other clients write one raw block without any framing; Java reads both, and so do we.

const streamMagic = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0)
/** Magic, version 1, and 1 as the oldest version that can read it. */
const streamHeader = Uint8Array.of(...streamMagic, 0, 0, 0, 1, 0, 0, 0, 1)
const blockBytesMax = 32 * 1024
/** A copy element of 3 bytes makes at most 64: a block that claims to expand more than this is lying. */
const expansionMax = 22

/** What a raw block may be larger than what it holds: a sixth, and 32 bytes. */
const blockRoomMax = blockBytesMax + Math.ceil(blockBytesMax / 6) + 32

/**
 * Raw blocks are compressed in WebAssembly, or by snappyjs. Decompression is ours: theirs is lax with malformed input, and
 * can hang.
 */
export const snappy: CompressionCodec = snappyWith((chunk) => hotCode()?.snappyBlock(chunk) ?? snappyjs.compress(chunk))

/** What `compressBlock` returns is used before it is called again. */
export function snappyWith(compressBlock: (chunk: Uint8Array) => Uint8Array): CompressionCodec {
  return {
    name: 'snappy',
    id: compressionIds.snappy,

    compress(bytes) {
      const blockCount = Math.ceil(bytes.length / blockBytesMax)
      const stream = scratchOf(streamHeader.length + blockCount * (4 + blockRoomMax))
      const view = viewOf(stream)
      stream.set(streamHeader)
      let end = streamHeader.length
      for (let at = 0; at < bytes.length; at += blockBytesMax) {
        const block = compressBlock(bytes.subarray(at, at + blockBytesMax))
        view.setInt32(end, block.length)
        stream.set(block, end + 4)
        end += 4 + block.length
      }
      return stream.slice(0, end)
    },

    decompress: decompressStream,
  }
}

function decompressStream(bytes: Uint8Array, decompressedBytesMax: number): Uint8Array {
  const blocks = isStream(bytes) ? streamBlocks(bytes) : [readBlockHeader(bytes, 0, bytes.length)]
  let total = 0
  for (const block of blocks) {
    total += block.decompressedBytes
    checkDecompressedBytes('snappy', total, decompressedBytesMax)
  }
  const decompressed = new Uint8Array(total)
  let end = 0
  for (const block of blocks) {
    decompressBlock(bytes, block, decompressed, end)
    end += block.decompressedBytes
  }
  return decompressed
}

/** A raw block: where its elements are, and what they make. */
interface Block {
  readonly start: number
  readonly end: number
  readonly decompressedBytes: number
}

function isStream(bytes: Uint8Array): boolean {
  return bytes.length >= streamMagic.length && streamMagic.every((byte, i) => bytes[i] === byte)
}

function streamBlocks(bytes: Uint8Array): Block[] {
  if (bytes.length < streamHeader.length) throw malformed('the stream header is cut off')
  const view = viewOf(bytes)
  const version = view.getInt32(streamMagic.length)
  if (version < 1) throw malformed(`stream version ${version}`)
  const blocks: Block[] = []
  let at = streamHeader.length
  while (at < bytes.length) {
    if (bytes.length - at < 4) throw malformed('a block length is cut off')
    const length = view.getInt32(at)
    at += 4
    if (length < 1 || length > bytes.length - at) throw malformed(`block of ${length}; ${bytes.length - at} bytes left`)
    blocks.push(readBlockHeader(bytes, at, at + length))
    at += length
  }
  return blocks
}

function readBlockHeader(bytes: Uint8Array, start: number, end: number): Block {
  let decompressedBytes = 0
  let at = start
  for (let shift = 0; ; shift += 7) {
    if (at >= end || shift > 28) throw malformed('a block without a valid length')
    const byte = bytes[at++]!
    // Not a bit operation: the length is an unsigned 32-bit number.
    decompressedBytes += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (decompressedBytes > (end - at) * expansionMax) {
    throw malformed(`${end - at} bytes cannot expand to ${decompressedBytes}`)
  }
  return { start: at, end, decompressedBytes }
}

/** Fills exactly `block.decompressedBytes` of `into` from `outStart` on, every element checked against both ends. */
function decompressBlock(bytes: Uint8Array, block: Block, into: Uint8Array, outStart: number): void {
  const end = block.end
  const outEnd = outStart + block.decompressedBytes
  let at = block.start
  let out = outStart
  while (at < end) {
    const tag = bytes[at++]!
    const kind = tag & 3
    let length = (tag >> 2) + 1
    if (kind === 0) {
      if (length > 60) {
        const lengthBytes = length - 60
        if (end - at < lengthBytes) throw malformed('a literal length is cut off')
        length = 1
        for (let i = 0; i < lengthBytes; i++) length += bytes[at + i]! * 2 ** (8 * i)
        at += lengthBytes
      }
      if (length > end - at || length > outEnd - out) throw malformed(`a literal of ${length} bytes does not fit`)
      if (length <= 32) for (let i = 0; i < length; i++) into[out + i] = bytes[at + i]!
      else into.set(bytes.subarray(at, at + length), out)
      at += length
    } else {
      const offsetBytes = kind === 3 ? 4 : kind
      if (end - at < offsetBytes) throw malformed('a copy offset is cut off')
      let offset = bytes[at]!
      if (kind === 1) {
        length = ((tag >> 2) & 7) + 4
        offset += (tag >> 5) << 8
      } else {
        for (let i = 1; i < offsetBytes; i++) offset += bytes[at + i]! * 2 ** (8 * i)
      }
      at += offsetBytes
      if (offset === 0 || offset > out - outStart) throw malformed(`a copy from ${offset} bytes back, before the start`)
      if (length > outEnd - out) throw malformed(`a copy of ${length} bytes does not fit`)
      // Byte by byte: a copy may overlap itself, that is how runs are written.
      for (let i = 0; i < length; i++) into[out + i] = into[out - offset + i]!
    }
    out += length
  }
  if (out !== outEnd) throw malformed(`a block ends ${outEnd - out} bytes short of its length`)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function malformed(problem: string): CompressionError {
  return new CompressionError('snappy', problem)
}
