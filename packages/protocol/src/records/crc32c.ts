import { type HotCode, hotCode, inputBytesMax } from '../wasm/hot-code.ts'
import { crc32cFoldTables } from './crc32c-fold-tables.ts'

// The checksum of record batches costs more than encoding them if it goes byte by byte. Three ways around that: vectors in
// WebAssembly; where there are none, words of four interleaved streams; and a faster one from outside, `useCrc32c`.

/** Continues the checksum `seed` of what came before (0 at the start) over `bytes`; unsigned. */
export type Crc32c = (bytes: Uint8Array, seed: number) => number

/** The Castagnoli polynomial, bits reversed. */
const polynomial = 0x82f63b78

/** `byteTable[b]`: the register after byte `b` went through it. */
const byteTable = Int32Array.from({ length: 256 }, (_, byte) => shifted(byte, 8))

/** Streams that are computed side by side: the processor does their look-ups at the same time. */
const streams = 4
/** Below this the byte loop is as fast: the streams have to be joined at the end. */
const braidBytesMin = 128

/**
 * `braidTable[256 * k + b]`: what byte `k` of a word, being `b`, still is in the register after the words of all streams
 * went through. Zlib's "braid" (crc32.c, `crc_braid_table`), for another polynomial. One array, because the base addresses
 * of four would not all stay in registers: measured, a third slower.
 */
const braidTable = Int32Array.from({ length: 4 * 256 }, (_, at) => shifted(at & 0xff, 8 * (4 * streams - (at >> 8))))

/** Words are read as the platform stores them; the braid is for the byte order of every platform that Node runs on. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** Below this the braid is as fast: the bytes have to be copied, and 128 are left to do in the end. */
const foldedBytesMin = 512

let implementation: Crc32c = crc32cHere

/**
 * CRC-32C (Castagnoli) of `bytes`, unsigned. With `seed`, the checksum of what came before, it goes on from there:
 * `crc32c(b, crc32c(a))` is the checksum of a and b without joining them.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  return implementation(bytes, seed)
}

/**
 * From now on every checksum of this process comes from `candidate`, such as `crc32c` of `@node-rs/crc32`; undefined goes
 * back to what is here. Throws RangeError, and changes nothing, if it disagrees on any of some hundred samples.
 */
export function useCrc32c(candidate: Crc32c | undefined): void {
  if (candidate !== undefined) checkCrc32c(candidate)
  implementation = candidate ?? crc32cHere
}

/** HOT: over every byte that is sent. */
function crc32cHere(bytes: Uint8Array, seed: number): number {
  const code = bytes.length < foldedBytesMin ? undefined : foldingCode()
  return code === undefined ? crc32cInJavaScript(bytes, seed) : crc32cFolded(code, bytes, seed)
}

let foldsByTables = false

function foldingCode(): HotCode | undefined {
  const code = hotCode()
  if (!foldsByTables) code?.setFoldTables(crc32cFoldTables(step))
  foldsByTables = true
  return code
}

/** HOT. WebAssembly leaves a few bytes that have the same checksum. */
function crc32cFolded(code: HotCode, bytes: Uint8Array, seed: number): number {
  const { length } = bytes
  let crc = seed
  let at = 0
  for (; length - at > inputBytesMax; at += inputBytesMax) {
    crc = crc32cInJavaScript(code.fold(bytes.subarray(at, at + inputBytesMax), ~crc), registerOfZero)
  }
  const rest = at === 0 ? bytes : bytes.subarray(at)
  if (length - at < foldedBytesMin) return crc32cInJavaScript(rest, crc)
  return crc32cInJavaScript(code.fold(rest, ~crc), registerOfZero)
}

/** The seed that starts from a register of 0. */
const registerOfZero = 0xffffffff

/**
 * HOT where there is no WebAssembly. Four streams of 32-bit words, so that four look-ups do not wait for each other: about
 * one and a half times as fast as the package crc-32. Its plain form is the byte loop, and its oracle in tests the package crc-32.
 */
export function crc32cInJavaScript(bytes: Uint8Array, seed: number): number {
  const { length } = bytes
  let crc = ~seed
  let at = 0
  if (isLittleEndian && length >= braidBytesMin) {
    // A typed array of words starts at a multiple of four.
    const misaligned = bytes.byteOffset & 3
    if (misaligned !== 0) for (const end = 4 - misaligned; at < end; at++) crc = step(crc, bytes[at]!)
    const blocks = ((length - at) >> 4) - 1
    crc = braid(crc, new Int32Array(bytes.buffer, bytes.byteOffset + at, (blocks + 1) * streams), blocks)
    at += (blocks + 1) * 4 * streams
  }
  for (; at < length; at++) crc = step(crc, bytes[at]!)
  return ~crc >>> 0
}

/** HOT. All of `words`: `blocks` times four words side by side, and four more that join the streams again. */
function braid(start: number, words: Int32Array, blocks: number): number {
  const t = braidTable
  let crc0 = start
  let crc1 = 0
  let crc2 = 0
  let crc3 = 0
  let at = 0
  for (const end = blocks * streams; at < end; at += streams) {
    const a = crc0 ^ words[at]!
    const b = crc1 ^ words[at + 1]!
    const c = crc2 ^ words[at + 2]!
    const d = crc3 ^ words[at + 3]!
    crc0 = t[a & 255]! ^ t[256 + ((a >>> 8) & 255)]! ^ t[512 + ((a >>> 16) & 255)]! ^ t[768 + (a >>> 24)]!
    crc1 = t[b & 255]! ^ t[256 + ((b >>> 8) & 255)]! ^ t[512 + ((b >>> 16) & 255)]! ^ t[768 + (b >>> 24)]!
    crc2 = t[c & 255]! ^ t[256 + ((c >>> 8) & 255)]! ^ t[512 + ((c >>> 16) & 255)]! ^ t[768 + (c >>> 24)]!
    crc3 = t[d & 255]! ^ t[256 + ((d >>> 8) & 255)]! ^ t[512 + ((d >>> 16) & 255)]! ^ t[768 + (d >>> 24)]!
  }
  let crc = wordStep(crc0 ^ words[at]!)
  crc = wordStep(crc ^ crc1 ^ words[at + 1]!)
  crc = wordStep(crc ^ crc2 ^ words[at + 2]!)
  return wordStep(crc ^ crc3 ^ words[at + 3]!)
}

function step(crc: number, byte: number): number {
  return byteTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
}

function wordStep(word: number): number {
  return step(step(step(step(word, 0), 0), 0), 0)
}

/** The register `crc` after so many zero bits went through it. */
function shifted(crc: number, bits: number): number {
  for (let i = 0; i < bits; i++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ polynomial
  return crc
}

function checkCrc32c(candidate: Crc32c): void {
  const bytes = Uint8Array.from({ length: 1_200 }, (_, i) => (i * 167 + (i >> 3)) & 0xff)
  for (let start = 0; start < 8; start++) {
    for (const length of [0, 1, 3, 4, 15, 16, 17, 63, 64, 127, 128, 129, 255, 256, 1_000, 1_190]) {
      const part = bytes.subarray(start, start + length)
      for (const seed of [0, 0xdeadbeef]) {
        const [found, wanted] = [candidate(part, seed) >>> 0, crc32cInJavaScript(part, seed)]
        if (found !== wanted) throw new RangeError(`not a CRC-32C: ${found} of ${length} bytes, where it is ${wanted}`)
      }
    }
  }
}
