import { CompressionError } from './codec.ts'

// The outside of zstd (RFC 8878): frames, and the blocks in them, without looking into a block. Enough to know where
// a frame ends, and how much can come out of it, before anything is given to a decompressor. They differ in how they
// treat several frames, and a frame's header can ask for gigabytes.

/** One frame that has content. */
export interface ZstdFrame {
  /** All of it: header, blocks, checksum. */
  readonly bytes: Uint8Array
  /** The size of the content, if the header says so. Frames made by a stream, as Java's are, do not. */
  readonly contentBytes: number | undefined
  /** The most that the blocks can make. */
  readonly contentBytesMax: number
}

const magic = 0xfd2fb528
const skippableMagic = 0x184d2a50 // and the 15 behind it
const blockBytesMax = 128 * 1024

/** The frames of `bytes`, without the skippable ones. Throws `CompressionError` for what is no sequence of frames. */
export function readZstdFrames(bytes: Uint8Array): ZstdFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: ZstdFrame[] = []
  let at = 0
  if (bytes.length === 0) throw malformed('no frame')
  while (at < bytes.length) {
    if (bytes.length - at < 8) throw malformed('a frame header is cut off')
    const frameMagic = view.getUint32(at, true)
    if (frameMagic === magic) {
      const frame = readFrame(view, bytes, at)
      frames.push(frame)
      at += frame.bytes.length
    } else if ((frameMagic & 0xfffffff0) >>> 0 === skippableMagic) {
      at += 8 + view.getUint32(at + 4, true)
      if (at > bytes.length) throw malformed('a skippable frame is cut off')
    } else {
      throw malformed('not a zstd frame')
    }
  }
  return frames
}

function readFrame(view: DataView, bytes: Uint8Array, start: number): ZstdFrame {
  const header = readHeader(view, start)
  let at = header.end
  let contentBytesMax = 0
  for (let isLast = false; !isLast; ) {
    if (bytes.length - at < 3) throw malformed('a block header is cut off')
    const blockHeader = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
    at += 3
    isLast = (blockHeader & 1) === 1
    const kind = (blockHeader >> 1) & 3
    const size = blockHeader >> 3
    if (kind === 3) throw malformed('a block of the reserved kind')
    if (size > header.blockBytesMax) throw malformed(`a block of ${size} bytes; limit ${header.blockBytesMax}`)
    // Kinds: 0 stored, 1 one byte repeated `size` times, 2 compressed.
    at += kind === 1 ? 1 : size
    contentBytesMax += kind === 2 ? header.blockBytesMax : size
  }
  if (header.hasChecksum) at += 4
  if (at > bytes.length) throw malformed('a frame is cut off')
  const { contentBytes, windowBytes } = header
  if (contentBytes !== undefined && contentBytes > contentBytesMax) {
    throw malformed(`a frame says ${contentBytes} bytes, and its blocks can make ${contentBytesMax}`)
  }
  const frame = bytes.subarray(start, at)
  return {
    bytes: windowBytes > contentBytesMax ? withSmallerWindow(frame, contentBytesMax) : frame,
    contentBytes,
    contentBytesMax: contentBytes ?? contentBytesMax,
  }
}

function readHeader(view: DataView, start: number) {
  const available = view.byteLength - start
  const descriptor = view.getUint8(start + 4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  if ((descriptor & 0x08) !== 0) throw malformed('a reserved bit is set')
  if ((descriptor & 0x03) !== 0) throw malformed('a frame with a dictionary')
  const sizeCode = descriptor >> 6
  const sizeBytes = sizeCode === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeCode
  const sizeAt = start + (isSingleSegment ? 5 : 6)
  if (available < sizeAt - start + sizeBytes) throw malformed('a frame header is cut off')
  const contentBytes = readContentBytes(view, sizeAt, sizeBytes)
  const windowBytes = isSingleSegment ? contentBytes! : windowOf(view.getUint8(start + 5))
  return {
    end: sizeAt + sizeBytes,
    contentBytes,
    windowBytes: isSingleSegment ? 0 : windowBytes,
    blockBytesMax: Math.min(blockBytesMax, windowBytes),
    hasChecksum: (descriptor & 0x04) !== 0,
  }
}

function readContentBytes(view: DataView, at: number, sizeBytes: number): number | undefined {
  if (sizeBytes === 0) return undefined
  if (sizeBytes === 1) return view.getUint8(at)
  if (sizeBytes === 2) return view.getUint16(at, true) + 256
  return view.getUint32(at, true) + (sizeBytes === 8 ? view.getUint32(at + 4, true) * 2 ** 32 : 0)
}

/** A window descriptor is a tiny floating-point number: 5 bits of exponent, 3 of mantissa. */
function windowOf(descriptor: number): number {
  return 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8)
}

/**
 * The frame with a window that is just large enough for its content. Decompressors allocate the window at once: 2 MiB
 * for every batch of Java's at its default level, and up to terabytes for a frame of 20 bytes.
 */
function withSmallerWindow(frame: Uint8Array, contentBytesMax: number): Uint8Array {
  let exponent = 0
  while (windowOf(exponent << 3) < contentBytesMax) exponent++
  const copy = new Uint8Array(frame)
  copy[5] = Math.min(copy[5]!, exponent << 3)
  return copy
}

function malformed(problem: string): CompressionError {
  return new CompressionError('zstd', problem)
}
