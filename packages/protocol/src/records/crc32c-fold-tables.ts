/** What a checksum register becomes when `byte` goes through it. */
type Step = (register: number, byte: number) => number

/** Bytes between the four of a column, and between a column and the one that it is folded into. */
const rowBytes = 32
const foldBytes = 128

/**
 * The tables of `fold` (assembly/crc32c.ts). A column is four bytes 32 apart. Whatever they are, there are four others
 * which, 128 bytes later, take the checksum register to the same place: these are added to the bytes there, and the column
 * need not be looked at again. A checksum is linear, so each of the four new bytes is a sum (xor) over the eight half bytes
 * of the old ones, with a table of 16 entries for each; and a processor looks up 16 of them in one instruction. What carry-less
 * multiplication is to others, where a machine has it.
 *
 * Four bytes 16 apart would be simpler, but only reach half of all registers.
 *
 * 32 tables of 16 bytes: for each new byte, for each old byte, the one of its low half and the one of its high half.
 */
export function crc32cFoldTables(step: Step): Uint8Array {
  const after = (byte: number, zeros: number): number => {
    let register = step(0, byte)
    for (let i = 0; i < zeros; i++) register = step(register, 0)
    return register >>> 0
  }
  const zerosBehind = (byte: number): number => rowBytes * (3 - byte)

  // Bit i of a column takes the register to `registers[i]`. Gauss and Jordan make it the other way round: afterwards bit i of
  // a register is made by the bits `columns[i]` of a column.
  const registers = Array.from({ length: 32 }, (_, i) => after(1 << (i & 7), zerosBehind(i >> 3)))
  const columns = registers.map((_, i) => (1 << i) >>> 0)
  for (let bit = 0; bit < 32; bit++) {
    const pivot = registers.findIndex((register, i) => i >= bit && (register >>> bit) & 1)
    swap(registers, bit, pivot)
    swap(columns, bit, pivot)
    for (let i = 0; i < 32; i++) {
      if (i === bit || ((registers[i]! >>> bit) & 1) === 0) continue
      registers[i]! ^= registers[bit]!
      columns[i]! ^= columns[bit]!
    }
  }

  const tables = new Uint8Array(4 * 4 * 2 * 16)
  for (let old = 0; old < 4; old++) {
    for (let half = 0; half < 2; half++) {
      for (let value = 0; value < 16; value++) {
        const register = after(value << (4 * half), zerosBehind(old) + foldBytes)
        let column = 0
        for (let bit = 0; bit < 32; bit++) if ((register >>> bit) & 1) column ^= columns[bit]!
        for (let made = 0; made < 4; made++) tables[((made * 4 + old) * 2 + half) * 16 + value] = column >>> (8 * made)
      }
    }
  }
  return tables
}

function swap(list: number[], i: number, j: number): void {
  const kept = list[i]!
  list[i] = list[j]!
  list[j] = kept
}
