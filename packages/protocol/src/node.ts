import * as zlib from 'node:zlib'
import {
  type CompressionCodec,
  type CompressionCodecs,
  CompressionError,
  gzipCodec,
  portableCodecs,
  zstdCodec,
} from './compression/index.ts'
import { crc32cInJavaScript, useCrc32c } from './records/crc32c.ts'

/** What node:zlib has from Node 22.15 on. */
interface NodeZstd {
  zstdCompressSync(bytes: Uint8Array, options: { params: Record<number, number> }): Uint8Array
  zstdDecompressSync(bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array
  constants: { ZSTD_c_compressionLevel: number }
}

/**
 * gzip through node:zlib. `level` is 1 (fast) to 9 (small), or -1 for zlib's default, as in
 * `compression.gzip.level`. Throws `RangeError` for another.
 */
export function gzipWithLevel(level = -1): CompressionCodec {
  checkLevel('compression.gzip.level', level, level === -1 || (level >= 1 && level <= 9), '1 to 9, or -1')
  return gzipCodec({
    gzip: (bytes) => plain(zlib.gzipSync(bytes, { level })),
    // zlib refuses a limit of 0; the codec checks the result again.
    gunzip: (bytes, decompressedBytesMax) =>
      plain(zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, decompressedBytesMax) })),
  })
}

/**
 * zstd that compresses and decompresses: node:zlib's where there is one (Node 22.15), else the optional peer
 * `@bokuweb/zstd-wasm`. `level` is -131072 (fast) to 22 (small), default 3, as in `compression.zstd.level`.
 * Rejects with `CompressionError` when neither is there. Throws `RangeError` for another level.
 */
export async function loadZstd(level = 3): Promise<CompressionCodec> {
  checkZstdLevel(level)
  return nodeZstd(level) ?? (await wasmZstd(level))
}

/**
 * From now on the optional peer `@node-rs/crc32` makes the checksums of this process: 1.7 times as fast as
 * WebAssembly where it was measured, 16 KiB at a time. Resolves false, and changes nothing, when it is not installed. Rejects with RangeError when it fails its test.
 */
export async function loadNativeCrc32c(): Promise<boolean> {
  let native: { crc32c(bytes: Uint8Array, seed?: number): number }
  try {
    native = await import('@node-rs/crc32')
  } catch {
    return false
  }
  // The call costs about 100 ns, so short inputs stay here.
  useCrc32c((bytes, seed) => (bytes.length < 256 ? crc32cInJavaScript(bytes, seed) : native.crc32c(bytes, seed)))
  return true
}

/** All five; `zstd` compresses only where node:zlib can (Node 22.15), or through `loadZstd()`. */
export const nodeCodecs: NodeCodecs = nodeCodecsAt({})

export type NodeCodecs = Required<CompressionCodecs>

/** `nodeCodecs` at other levels: those of `gzipWithLevel` and `loadZstd`. Throws `RangeError` for one that is none. */
export function nodeCodecsAt({ gzip = -1, zstd = 3 }: { readonly gzip?: number; readonly zstd?: number }): NodeCodecs {
  checkZstdLevel(zstd)
  return { ...portableCodecs, gzip: gzipWithLevel(gzip), zstd: nodeZstd(zstd) ?? portableCodecs.zstd }
}

function nodeZstd(level: number): CompressionCodec | undefined {
  if (!('zstdCompressSync' in zlib)) return undefined
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib as unknown as NodeZstd
  const params = { [constants.ZSTD_c_compressionLevel]: level }
  return zstdCodec({
    compress: (bytes) => plain(zstdCompressSync(bytes, { params })),
    decompressFrame: (bytes, decompressedBytesMax) =>
      plain(zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, decompressedBytesMax) })),
  })
}

type ZstdWasm = typeof import('@bokuweb/zstd-wasm')

// The library is one instance for the whole process: a second init() swaps the memory under the codecs of the first.
let wasmLoading: Promise<ZstdWasm> | undefined

async function wasmZstd(level: number): Promise<CompressionCodec> {
  wasmLoading ??= loadWasm()
  const wasm = await wasmLoading
  return zstdCodec({
    compress: (bytes) => wasm.compress(bytes, level),
    // For a frame without a content size the library takes 1 MiB unless told, and fails when that is too little.
    decompressFrame: (bytes, decompressedBytesMax) =>
      wasm.decompress(bytes, { defaultHeapSize: Math.max(1, decompressedBytesMax) }),
  })
}

async function loadWasm(): Promise<ZstdWasm> {
  try {
    const wasm = await import('@bokuweb/zstd-wasm')
    await wasm.init()
    return wasm
  } catch (error) {
    const problem = 'this Node has no zstd (22.15 has), and the optional peer @bokuweb/zstd-wasm cannot be loaded'
    throw new CompressionError('zstd', problem, { cause: error })
  }
}

/** The same memory, not as a Buffer: those print, compare and slice differently, and would leak into every record. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function checkZstdLevel(level: number): void {
  checkLevel('compression.zstd.level', level, level >= -131_072 && level <= 22, '-131072 to 22')
}

function checkLevel(key: string, level: number, isAllowed: boolean, allowed: string): void {
  if (!Number.isInteger(level) || !isAllowed) throw new RangeError(`${key}: ${level}; allowed: ${allowed}`)
}
