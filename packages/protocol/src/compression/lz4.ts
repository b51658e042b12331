import lz4js from 'lz4js'
import { hotCode } from '../wasm/hot-code.ts'
import { type CompressionCodec, CompressionError, checkDecompressedBytes, compressionIds } from './codec.ts'
import { scratchOf } from './scratch.ts'
import { xxh32 } from './xxh32.ts'

// LZ4 frames as Java's client writes and reads them: independent blocks, each with its size before it. Java refuses
// frames with linked blocks, and ignores content checksums. Numbers are little endian here.

/** Magic, FLG 0x60 (version 1, independent blocks), BD 0x40 (blocks of at most 64 KiB), and the header checksum. */
const frameHeader = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82)
/**
 * 12 less than a block may have: lz4js lets matches begin in the last 12 bytes, which the format forbids, and which a
 * decoder can only notice in a block that fills its 64 KiB to the end.
 */
const chunkBytesMax = 65_536 - 12
const endMarkBytes = 4
/** Set in a block's size if its bytes are stored as they are. */
const storedFlag = 0x80000000
/** Blocks are compressed in WebAssembly, or by lz4js; frames, and decompression with its checks, are ours. */
export const lz4: CompressionCodec = lz4With((chunk) => hotCode()?.lz4Block(chunk) ?? lz4BlockInJavaScript(chunk))

/** `compressBlock` may return more than it got; what it returns is used before it is called again. */
export function lz4With(compressBlock: (chunk: Uint8Array) => Uint8Array): CompressionCodec {
  return {
    name: 'lz4',
    id: compressionIds.lz4,

    compress(bytes) {
      const chunkCount = Math.ceil(bytes.length / chunkBytesMax)
      const frame = scratchOf(frameHeader.length + chunkCount * 4 + bytes.length + endMarkBytes)
      frame.set(frameHeader)
      let end = frameHeader.length
      for (let at = 0; at < bytes.length; at += chunkBytesMax) {
        const chunk = bytes.subarray(at, at + chunkBytesMax)
        const compressed = compressBlock(chunk)
        const isStored = compressed.length >= chunk.length
        const block = isStored ? chunk : compressed
        writeUint32(frame, end, isStored ? block.length + storedFlag : block.length)
        frame.set(block, end + 4)
        end += 4 + block.length
      }
      writeUint32(frame, end, 0) // the end mark
      return frame.slice(0, end + endMarkBytes)
    },

    decompress: decompressFrame,
  }
}

/** What lz4js needs: places in a chunk plus one, which it addresses with 16 bits, and room for a block. Taken once. */
let javaScriptMemory: { readonly hashTable: Uint16Array; readonly room: Uint8Array } | undefined

export function lz4BlockInJavaScript(chunk: Uint8Array): Uint8Array {
  javaScriptMemory ??= { hashTable: new Uint16Array(65_536), room: new Uint8Array(65_536) }
  const { hashTable, room } = javaScriptMemory
  // A match must not reach into the block before: blocks are independent.
  hashTable.fill(0)
  // What does not shrink may run over the room, and is dropped by the typed array; 0 is nothing to compress at all.
  const compressedBytes = lz4js.compressBlock(chunk, room, 0, chunk.length, hashTable)
  return compressedBytes === 0 || compressedBytes >= chunk.length ? chunk : room.subarray(0, compressedBytes)
}

/** Measures all blocks first, so that memory is taken once, for what really comes out. */
function decompressFrame(bytes: Uint8Array, decompressedBytesMax: number): Uint8Array {
  const blocks = readFrame(bytes, decompressedBytesMax)
  let total = 0
  for (const block of blocks) total += block.decompressedBytes
  const decompressed = new Uint8Array(total)
  let end = 0
  for (const block of blocks) {
    if (block.isStored) decompressed.set(bytes.subarray(block.start, block.end), end)
    else decompressBlock(bytes, block, decompressed, end)
    end += block.decompressedBytes
  }
  return decompressed
}

interface Block {
  readonly start: number
  readonly end: number
  readonly isStored: boolean
  readonly decompressedBytes: number
}

function readFrame(bytes: Uint8Array, decompressedBytesMax: number): Block[] {
  const header = readFrameHeader(bytes)
  const blocks: Block[] = []
  let total = 0
  let at = header.end
  for (;;) {
    if (bytes.length - at < 4) throw malformed('the frame ends before its end mark')
    const sizeAndFlag = readUint32(bytes, at)
    const size = sizeAndFlag % storedFlag
    at += 4
    // Like Java we stop here: a content checksum and whatever follows are not looked at.
    if (size === 0) return blocks
    if (size > header.blockBytesMax) throw malformed(`block of ${size} bytes; limit ${header.blockBytesMax}`)
    const checksumBytes = header.hasBlockChecksums ? 4 : 0
    if (bytes.length - at < size + checksumBytes) throw malformed('the frame ends inside a block')
    const end = at + size
    if (header.hasBlockChecksums && readUint32(bytes, end) !== xxh32(bytes, at, end)) {
      throw malformed('the checksum of a block does not match')
    }
    const isStored = sizeAndFlag >= storedFlag
    const decompressedBytes = isStored ? size : measureBlock(bytes, at, end)
    if (decompressedBytes > header.blockBytesMax) {
      throw malformed(`block of ${decompressedBytes} bytes decompressed; limit ${header.blockBytesMax}`)
    }
    total += decompressedBytes
    checkDecompressedBytes('lz4', total, decompressedBytesMax)
    blocks.push({ start: at, end, isStored, decompressedBytes })
    at = end + checksumBytes
  }
}

function readFrameHeader(bytes: Uint8Array) {
  if (bytes.length < frameHeader.length) throw malformed('the frame header is cut off')
  for (let i = 0; i < 4; i++) if (bytes[i] !== frameHeader[i]) throw malformed('not an LZ4 frame')
  const flags = bytes[4]!
  const blockDescriptor = bytes[5]!
  if (flags >> 6 !== 1) throw malformed(`frame version ${flags >> 6}, where 1 is understood`)
  if ((flags & 0x03) !== 0 || (blockDescriptor & 0x8f) !== 0) throw malformed('reserved bits are set')
  if ((flags & 0x20) === 0) throw malformed('linked blocks, which Kafka does not read')
  const blockSizeId = blockDescriptor >> 4
  if (blockSizeId < 4) throw malformed(`block size id ${blockSizeId}; allowed are 4 to 7`)
  const descriptorEnd = (flags & 0x08) === 0 ? 6 : 14 // a content size, which is skipped
  if (bytes.length <= descriptorEnd) throw malformed('the frame header is cut off')
  if (bytes[descriptorEnd] !== ((xxh32(bytes, 4, descriptorEnd) >> 8) & 0xff)) {
    throw malformed('the header checksum does not match')
  }
  return { end: descriptorEnd + 1, blockBytesMax: 2 ** (8 + 2 * blockSizeId), hasBlockChecksums: (flags & 0x10) !== 0 }
}

/** Walks the sequences of a block (token, literals, offset, match) and adds up what they make. Copies nothing. */
function measureBlock(bytes: Uint8Array, start: number, end: number): number {
  let decompressedBytes = 0
  let at = start
  while (at < end) {
    const token = bytes[at++]!
    let literals = token >> 4
    if (literals === 15) {
      let more = 255
      while (more === 255) {
        if (at >= end) throw malformed('a literal length is cut off')
        more = bytes[at++]!
        literals += more
      }
    }
    if (literals > end - at) throw malformed('literals are cut off')
    at += literals
    decompressedBytes += literals
    if (at === end) return decompressedBytes // the last sequence has literals only
    if (end - at < 2) throw malformed('a match offset is cut off')
    at += 2
    let match = (token & 15) + 4
    if (match === 19) {
      let more = 255
      while (more === 255) {
        if (at >= end) throw malformed('a match length is cut off')
        more = bytes[at++]!
        match += more
      }
    }
    decompressedBytes += match
  }
  throw malformed('a block ends with a match')
}

/** `measureBlock` has checked every length, and `into` has room for the sum: what is left to check is the offsets. */
function decompressBlock(bytes: Uint8Array, block: Block, into: Uint8Array, outStart: number): void {
  const end = block.end
  let at = block.start
  let out = outStart
  for (;;) {
    const token = bytes[at++]!
    let literals = token >> 4
    if (literals === 15) {
      let more = 255
      while (more === 255) {
        more = bytes[at++]!
        literals += more
      }
    }
    if (literals <= 32) for (let i = 0; i < literals; i++) into[out + i] = bytes[at + i]!
    else into.set(bytes.subarray(at, at + literals), out)
    at += literals
    out += literals
    if (at === end) return
    const offset = bytes[at]! | (bytes[at + 1]! << 8)
    at += 2
    if (offset === 0 || offset > out - outStart) throw malformed(`a match ${offset} bytes back, outside its block`)
    let match = (token & 15) + 4
    if (match === 19) {
      let more = 255
      while (more === 255) {
        more = bytes[at++]!
        match += more
      }
    }
    // Byte by byte: a match may overlap itself, that is how runs are written.
    for (let i = 0; i < match; i++) into[out + i] = into[out - offset + i]!
    out += match
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = value >>> (8 * i)
}

function malformed(problem: string): CompressionError {
  return new CompressionError('lz4', problem)
}
