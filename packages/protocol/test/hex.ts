/** Bytes from hexadecimal digits; white space between them is free, so that a golden frame can be laid out by field. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), 'hex'))
}

/** Hexadecimal digits of bytes, for comparing with `hex` in a readable way. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
