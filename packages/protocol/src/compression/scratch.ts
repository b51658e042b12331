/** Beyond this, memory is taken anew each time and not kept. */
const keptBytesMax = 2 ** 21

let kept = new Uint8Array(0)

/**
 * At least so many bytes with anything in them, until the next call: where a codec writes what it does not know the size
 * of yet. Taking zeros for the worst case would cost more than some codecs do.
 */
export function scratchOf(bytes: number): Uint8Array {
  if (bytes <= kept.length) return kept
  const taken = new Uint8Array(bytes)
  if (bytes <= keptBytesMax) kept = taken
  return taken
}
