/** `data` itself, if it is a whole number that fits into so many bits, sign included. Nothing is cut off silently. */
export function integerIn(data: unknown, bits: 16 | 32): number {
  const limit = 2 ** (bits - 1)
  if (typeof data === 'number' && Number.isInteger(data) && data >= -limit && data < limit) return data
  throw new TypeError(`a whole number from ${-limit} to ${limit - 1} is needed, not ${String(data)}`)
}
