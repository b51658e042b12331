/** What JSON can hold. */
export type PlainJson = string | number | boolean | null | readonly PlainJson[] | { readonly [key: string]: PlainJson }

/**
 * A value as JSON can hold it: bigints as strings of digits, since they do not fit a JSON number, and bytes as base64. Undefined
 * properties and functions are left out.
 */
export function plainJson(value: unknown): PlainJson {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (value instanceof Uint8Array) return base64(value)
  if (Array.isArray(value)) return value.map(plainJson)
  if (typeof value !== 'object') return null
  const plain: Record<string, PlainJson> = {}
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined && typeof item !== 'function') plain[key] = plainJson(item)
  }
  return plain
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** RFC 4648, with padding. */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const all = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += digits.charAt(all >> 18) + digits.charAt((all >> 12) & 63)
    text += i + 1 < bytes.length ? digits.charAt((all >> 6) & 63) : '='
    text += i + 2 < bytes.length ? digits.charAt(all & 63) : '='
  }
  return text
}

/** Text if the bytes are UTF-8, so that people can read it. */
export function textOf(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
