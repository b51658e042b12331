/**
 * A value as JSON text. Bigints become plain digits, which every client with 64-bit integers reads exactly; bytes become
 * base64. Undefined properties and functions are left out, as JSON.stringify does.
 */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (value instanceof Uint8Array) return `"${base64(value)}"`
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  const pairs: string[] = []
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined && typeof item !== 'function') pairs.push(`${JSON.stringify(key)}:${jsonText(item)}`)
  }
  return `{${pairs.join(',')}}`
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

/** The text that the bytes are in UTF-8; null if they are not, or if there are none. */
export function textOf(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
