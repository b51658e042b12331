import { portableCodecs } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { codecFor } from './codec-for.ts'
import { parseProducerConfig } from './config.ts'
import { ConfigError } from './errors.ts'

function configOf(compression: 'none' | 'lz4' | 'gzip' | 'zstd'): ReturnType<typeof parseProducerConfig> {
  return parseProducerConfig({ 'bootstrap.servers': 'a:1', 'compression.type': compression })
}

test('codec: none needs none, and another is that of the platform', () => {
  expect(codecFor(configOf('none'), {})).toBeUndefined()
  expect(codecFor(configOf('lz4'), portableCodecs)).toBe(portableCodecs.lz4)
})

test('codec: one that the platform lacks is refused, with those that it has', () => {
  expect(() => codecFor(configOf('gzip'), portableCodecs)).toThrow('none, snappy, lz4, zstd on this platform')
})

test('codec: one that can only decompress is refused at the start, and not when the first batch leaves', () => {
  expect(() => codecFor(configOf('zstd'), portableCodecs)).toThrow(ConfigError)
  expect(() => codecFor(configOf('zstd'), portableCodecs)).toThrow('loadZstd()')
})
