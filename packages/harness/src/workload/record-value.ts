/** Room for the marks of any record: run id, number, two slashes. */
export const valueBytesMin = 24

/**
 * The value of a record: `<run>/<number>/` and a filler up to `bytes`. The marks travel inside the value, so the log
 * can be judged without asking the producer what it thinks it sent. The filler depends on the number: a value that was
 * overwritten by a neighbour's cannot pass for its own.
 */
export function recordValue(run: string, number: number, bytes: number): Uint8Array {
  const marks = `${run}/${number}/`
  if (marks.length > bytes)
    throw new RangeError(`a value of ${bytes} bytes has no room for ${marks.length} bytes of marks`)
  const value = new Uint8Array(bytes).fill(0x61 + (number % 26))
  for (let i = 0; i < marks.length; i++) value[i] = marks.charCodeAt(i)
  return value
}

/** The marks of a stored value; undefined if this is not a value that `recordValue` made. */
export function marksOf(value: Uint8Array | null): { readonly run: string; readonly number: number } | undefined {
  const number = numberIn(value)
  return number === undefined ? undefined : { run: latin1(value!.subarray(0, runDigits)), number }
}

/** Whether a stored value, whose number is known already, is of this run. Reads bytes: every law asks it of every record. */
export function isOfRun(value: Uint8Array, run: string): boolean {
  for (let i = 0; i < runDigits; i++) if (value[i] !== run.charCodeAt(i)) return false
  return run.length === runDigits
}

/** The number in `<8 hexadecimal digits>/<number>/`. */
export function numberIn(value: Uint8Array | null): number | undefined {
  if (value === null || value[runDigits] !== slash) return undefined
  for (let i = 0; i < runDigits; i++) if (!isHexDigit(value[i]!)) return undefined
  let number = 0
  for (let i = runDigits + 1; i <= runDigits + 1 + numberDigitsMax; i++) {
    const byte = value[i]
    if (byte === slash) return i === runDigits + 1 ? undefined : number
    if (byte === undefined || byte < 0x30 || byte > 0x39) return undefined
    number = number * 10 + byte - 0x30
  }
  return undefined
}

const runDigits = 8
const numberDigitsMax = 9
const slash = 0x2f

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
