/** Kafka's names, as in `compression.type`. */
export type CompressionName = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** The id of each in the lowest three bits of a batch's attributes. */
export const compressionIds = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const satisfies Record<
  CompressionName,
  number
>

/** Undefined for an id that Kafka does not know: 5 to 7. */
export function compressionNameById(id: number): CompressionName | undefined {
  for (const name in compressionIds) if (compressionIds[name as CompressionName] === id) return name as CompressionName
  return undefined
}

/** Compresses the records section of a batch, and back. Synchronous, and without memory of earlier calls. */
export interface CompressionCodec {
  readonly name: CompressionName
  readonly id: number
  compress(bytes: Uint8Array): Uint8Array
  /**
   * Throws `CompressionError` for bytes that are not whole and well formed, and for those that would take more than
   * `decompressedBytesMax`; the latter before memory is taken for them. The result may share memory with `bytes`.
   */
  decompress(bytes: Uint8Array, decompressedBytesMax: number): Uint8Array
}

/** The codecs at hand. `none` needs no entry. */
export type CompressionCodecs = { readonly [name in CompressionName]?: CompressionCodec }

/** Bytes that do not (de)compress, or a codec that is not there. */
export class CompressionError extends Error {
  /** A `CompressionName`, or the id of a compression without one. */
  readonly codec: string

  constructor(codec: string, problem: string, options?: ErrorOptions) {
    super(`${codec}: ${problem}`, options)
    this.name = 'CompressionError'
    this.codec = codec
  }
}

/** Throws `CompressionError` if `decompressedBytes` is more than allowed. */
export function checkDecompressedBytes(
  codec: CompressionName,
  decompressedBytes: number,
  decompressedBytesMax: number,
) {
  if (decompressedBytes > decompressedBytesMax) {
    throw new CompressionError(
      codec,
      `decompressed to ${decompressedBytes} bytes or more; limit ${decompressedBytesMax}`,
    )
  }
}
