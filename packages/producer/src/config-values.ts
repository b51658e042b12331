import type { Address } from '@harrow/runtime'
import type { ConfigRow } from './config-table.ts'
import { ConfigError } from './errors.ts'
import type { InterceptorOption, ProducerInterceptor } from './interceptor.ts'
import { partitioners } from './partitioners/index.ts'
import { type Partitioner, type PartitionerOption, toPartitioner } from './partitioners/partitioner.ts'
import { type SerializerName, serializers } from './serializers/index.ts'
import { type ParsedSerializer, type Serializer, toSerializer } from './serializers/serializer.ts'

/** The value of a row that needs nothing but itself to be judged. Strings are trimmed and read by type, as in Java. */
export function parseValue(row: ConfigRow, value: unknown): unknown {
  const refuse = (): never => {
    throw new ConfigError(row.key, value, row.allowed)
  }
  switch (row.type) {
    case 'int':
    case 'long': {
      const text = typeof value === 'string' ? value.trim() : value
      const given = typeof text === 'string' && /^[+-]?\d+$/.test(text) ? Number(text) : text
      if (typeof given !== 'number' || !Number.isInteger(given) || given === row.excluded) return refuse()
      const number = row.type === 'long' ? nearestSafe(given) : given
      return number < row.min || number > row.max ? refuse() : number
    }
    case 'boolean': {
      const text = String(value).trim().toLowerCase()
      return text === 'true' ? true : text === 'false' ? false : refuse()
    }
    case 'choice': {
      const text = String(value).trim().toLowerCase()
      const choice = row.choices.find(([name]) => name.toLowerCase() === text)
      return choice === undefined ? refuse() : choice[1]
    }
    case 'string':
      return typeof value === 'string' ? value : refuse()
    case 'list':
    case 'object':
      return value
  }
}

/**
 * Java's LONG has more digits than a number here keeps, and Long.MAX_VALUE is how its users say "for ever": what is beyond
 * 2^53 - 1, which as milliseconds are 285,000 years, is that. What is beyond a LONG stays as it is, out of range.
 */
function nearestSafe(value: number): number {
  if (Math.abs(value) > 2 ** 63) return value
  return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}

/** Throws ConfigError unless there is at least one usable address. */
export function parseBootstrapServers(value: unknown): Address[] {
  const allowed = 'a non-empty list of host:port'
  const list = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(list)) throw new ConfigError('bootstrap.servers', value, allowed)
  const entries = list.map((entry) => String(entry).trim()).filter((entry) => entry !== '')
  if (entries.length === 0) throw new ConfigError('bootstrap.servers', value, allowed)
  return entries.map((entry) => {
    // As Java's Utils.getHost and getPort: an optional PROTOCOL://, a name, an IPv4 or a bracketed IPv6 address, a port.
    const match = /^(?:[A-Za-z0-9_]+:\/\/)?(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(entry)
    const host = match?.[1] ?? match?.[2]
    const port = Number(match?.[3])
    if (host === undefined || !(port >= 1 && port <= 65_535)) {
      throw new ConfigError('bootstrap.servers', entry, `${allowed}, port 1 to 65535`)
    }
    return { host, port }
  })
}

export function parsePartitioner(value: unknown): Partitioner | undefined {
  if (value === undefined || value === null) return undefined
  const named: PartitionerOption | undefined =
    typeof value === 'string' && Object.hasOwn(partitioners, value)
      ? partitioners[value as keyof typeof partitioners]
      : (value as PartitionerOption)
  const partitioner = typeof named === 'function' ? toPartitioner(named) : named
  if (typeof partitioner?.partition === 'function') return partitioner
  const names = Object.keys(partitioners).join(', ')
  const allowed = `an object with partition(), a function, a class, or one of ${names}`
  throw new ConfigError('partitioner.class', value, allowed)
}

export function parseSerializer(key: string, value: unknown): ParsedSerializer {
  const builtIn = value === undefined ? serializers.default : builtInSerializer(value)
  if (builtIn !== undefined) {
    const passesBytes = builtIn === serializers.default || builtIn === serializers.bytes
    return { ...toSerializer(builtIn as Serializer<unknown>), mayAddHeaders: false, passesBytes }
  }
  const isUsable = typeof value === 'function' || (typeof value === 'object' && value !== null)
  const own = isUsable ? toSerializer(value as Serializer<unknown>) : undefined
  if (typeof own?.serialize === 'function') {
    return {
      serialize: (topic, data, headers) => own.serialize(topic, data, headers),
      close: () => own.close?.(),
      mayAddHeaders: true,
      passesBytes: false,
    }
  }
  const names = Object.keys(serializers).join(', ')
  throw new ConfigError(key, value, `a function, an object with serialize(), a class, or one of ${names}`)
}

function builtInSerializer(value: unknown): (typeof serializers)[SerializerName] | undefined {
  const isName = typeof value === 'string' && Object.hasOwn(serializers, value)
  return isName ? serializers[value as SerializerName] : undefined
}

/** In the order given. Those that were made here are closed again if a later one cannot be made. */
export function parseInterceptors(value: unknown): readonly ProducerInterceptor[] {
  if (value === undefined) return []
  const allowed = 'a list of objects with onSend() or onAcknowledgement(), or of classes of such'
  if (!Array.isArray(value)) throw new ConfigError('interceptor.classes', value, allowed)
  const interceptors: ProducerInterceptor[] = []
  try {
    for (const option of value as readonly InterceptorOption[]) {
      const interceptor = typeof option === 'function' ? new option() : option
      const { onSend, onAcknowledgement } = interceptor ?? {}
      if (typeof onSend !== 'function' && typeof onAcknowledgement !== 'function') {
        throw new ConfigError('interceptor.classes', option, allowed)
      }
      interceptors.push(interceptor)
    }
  } catch (error) {
    for (const interceptor of interceptors) closeQuietly(interceptor)
    throw error
  }
  return interceptors
}

/** For the way out of a constructor that failed: the first error is the one to tell. */
export function closeQuietly(part: { close?(): void } | undefined): void {
  try {
    part?.close?.()
  } catch {
    // The error that is on its way says why we are here.
  }
}
