import type { PlainRecord, ReadRecord } from './foreign-client.ts'

/**
 * How records are told to the drivers in `drivers/`, in any language without a JSON library: a line per record, fields
 * between tabs, text in base64, `-` for null, headers as `name:value` between commas.
 *
 *     produce reads   key <tab> value <tab> headers
 *     consume prints  partition <tab> offset <tab> key <tab> value <tab> headers
 */
export function driverInput(records: readonly PlainRecord[]): string {
  return records
    .map(({ key, value, headers }) => {
      const pairs = Object.entries(headers).map(([name, text]) => `${encode(name)}:${encode(text)}`)
      return `${encode(key)}\t${encode(value)}\t${pairs.join(',')}\n`
    })
    .join('')
}

export function driverOutput(text: string): ReadRecord[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const [partition, offset, key, value, headers] = line.split('\t')
    if (headers === undefined) throw new Error(`a driver printed "${line.slice(0, 200)}"`)
    const pairs = headers.split(',').filter((pair) => pair !== '')
    return {
      partition: Number(partition),
      offset: Number(offset),
      key: decode(key),
      value: decode(value),
      headers: Object.fromEntries(pairs.map((pair) => pair.split(':').map((part) => decode(part) ?? ''))),
    }
  })
}

function encode(text: string | null): string {
  return text === null ? '-' : Buffer.from(text).toString('base64')
}

function decode(text: string | undefined): string | null {
  return text === undefined || text === '-' ? null : Buffer.from(text, 'base64').toString()
}
