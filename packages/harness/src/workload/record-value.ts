import type { Random } from '@harrow/runtime'

/** Room for the marks of any record: run id, number, two slashes. */
export const valueBytesMin = 24
/** Of a run id: hexadecimal. */
const runDigits = 8
const slash = 0x2f

/** The mark of a run: from its chance, so that a repetition writes the same bytes. */
export function runMark(random: Random): string {
  return random
    .fork('run')
    .below(2 ** 32)
    .toString(16)
    .padStart(runDigits, '0')
}

/**
 * The value of a record: `<run>/<number>/` and a filler up to `bytes`. The marks travel inside the value, so the log
 * can be judged without asking the producer what it thinks it sent. The filler depends on the number: a value that was
 * overwritten by a neighbour's cannot pass for its own.
 */
export function recordValue(run: string, number: number, bytes: number): Uint8Array {
  const marks = `${run}/${number}/`
  if (marks.length > bytes)
    throw new RangeError(`a value of ${bytes} bytes has no room for ${marks.length} bytes of marks`)
  const value = new Uint8Array(bytes)
  for (let i = 0; i < marks.length; i++) value[i] = marks.charCodeAt(i)
  return value.fill(0x61 + (number % 26), marks.length)
}

/** The number in a stored value; undefined if this is not a value that `recordValue` made in this run. */
export function numberOf(value: Uint8Array | null, run: string): number | undefined {
  if (value === null || value.length < valueBytesMin || run.length !== runDigits) return undefined
  for (let i = 0; i < runDigits; i++) if (value[i] !== run.charCodeAt(i)) return undefined
  if (value[runDigits] !== slash) return undefined
  let number = 0
  let at = runDigits + 1
  for (; value[at] !== slash; at++) {
    const digit = value[at]! - 0x30
    if (digit < 0 || digit > 9 || at >= valueBytesMin - 1) return undefined
    number = number * 10 + digit
  }
  return at === runDigits + 1 ? undefined : number
}
