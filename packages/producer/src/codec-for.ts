import type { CompressionCodec, CompressionCodecs } from '@harrow/protocol'
import type { ParsedProducerConfig } from './config.ts'
import { ConfigError } from './errors.ts'

/**
 * The codec of `compression.type`; undefined for none. Throws ConfigError where the platform has none, or one that can
 * only decompress: which is better known now than when the first batch leaves.
 */
export function codecFor(config: ParsedProducerConfig, codecs: CompressionCodecs): CompressionCodec | undefined {
  const { compressionType } = config
  if (compressionType === 'none') return undefined
  const codec = codecs[compressionType]
  const offered = Object.keys(codecs).join(', ')
  if (codec === undefined) throw new ConfigError('compression.type', compressionType, `${offered} on this platform`)
  try {
    codec.compress(new Uint8Array(1))
  } catch (error) {
    const allowed = error instanceof Error ? error.message : String(error)
    throw new ConfigError('compression.type', compressionType, `what the platform has: ${allowed}`)
  }
  return codec
}
