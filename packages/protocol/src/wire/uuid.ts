/**
 * Kafka prints a UUID as 22 characters of base64url without padding (org.apache.kafka.common.Uuid), and so do we:
 * a string compares, prints and serves as a map key; sixteen bytes do none of that.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The UUID of zeros, which Kafka uses for "none". */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'

/** The text of 16 bytes. */
export function formatUuid(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < 15; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += alphabet.charAt(word >> 18) + alphabet.charAt((word >> 12) & 63)
    text += alphabet.charAt((word >> 6) & 63) + alphabet.charAt(word & 63)
  }
  const last = bytes[15] ?? 0
  return text + alphabet.charAt(last >> 2) + alphabet.charAt((last & 3) << 4)
}

/** The 16 bytes of such a text; undefined when it is not 22 characters of base64url, or leaves bits over. */
export function parseUuid(text: string): Uint8Array | undefined {
  if (text.length !== 22) return undefined
  const bytes = new Uint8Array(16)
  let bits = 0
  let bitCount = 0
  let at = 0
  for (let i = 0; i < 22; i++) {
    const value = alphabet.indexOf(text.charAt(i))
    if (value < 0) return undefined
    bits = ((bits << 6) | value) & 0xffff
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[at++] = bits >> bitCount
    }
  }
  // 22 characters hold 132 bits: the last four must be zero, or two texts would name one UUID.
  return (bits & 0x0f) === 0 ? bytes : undefined
}
