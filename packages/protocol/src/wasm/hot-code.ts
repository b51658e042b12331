import { assembled } from './assembled.ts'

/** What assembly/index.ts exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  fold(at: number, bytes: number): void
  lz4Block(from: number, bytes: number, to: number, hashTable: number): number
  snappyBlock(from: number, bytes: number, to: number, hashTable: number): number
}

/** Of WebAssembly what is needed here: not every set of types has it. */
interface Platform {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object
    readonly Instance: new (module: object) => { readonly exports: object }
  }
}

// Where everything lies in the memory, of four pages.
const tablesAt = 0
const hashTableAt = 0x1000
const inputAt = 0x8000
const outputAt = 0x20000

/** The most that is put in at once. */
export const inputBytesMax = 0x10000

/** Functions over bytes, compiled to WebAssembly. Results are views that the next call of any of them overwrites. */
export class HotCode {
  private readonly code: Exports
  private readonly memory: Uint8Array
  private readonly view: DataView

  constructor(code: Exports) {
    this.code = code
    this.memory = new Uint8Array(code.memory.buffer)
    this.view = new DataView(code.memory.buffer)
  }

  /** Before the first `fold`. */
  setFoldTables(tables: Uint8Array): void {
    this.memory.set(tables, tablesAt)
  }

  /**
   * HOT. From 128 bytes on: at most 255 that take the checksum register from 0 to where `bytes` take it from `register`. Its
   * plain form is the checksum itself.
   */
  fold(bytes: Uint8Array, register: number): Uint8Array {
    this.memory.set(bytes, inputAt)
    this.view.setInt32(inputAt, this.view.getInt32(inputAt, true) ^ register, true)
    const whole = bytes.length & ~127
    this.code.fold(inputAt, whole)
    return this.memory.subarray(inputAt + whole - 128, inputAt + bytes.length)
  }

  /** HOT. A block of lz4; it may be larger than `bytes`. Its plain form is the block of lz4js: other bytes, the same content. */
  lz4Block(bytes: Uint8Array): Uint8Array {
    this.memory.set(bytes, inputAt)
    return this.output(this.code.lz4Block(inputAt, bytes.length, outputAt, hashTableAt))
  }

  /** HOT. A raw block of snappy; it may be larger than `bytes`. Its plain form is the block of snappyjs, like that of lz4. */
  snappyBlock(bytes: Uint8Array): Uint8Array {
    this.memory.set(bytes, inputAt)
    return this.output(this.code.snappyBlock(inputAt, bytes.length, outputAt, hashTableAt))
  }

  private output(bytes: number): Uint8Array {
    return this.memory.subarray(outputAt, outputAt + bytes)
  }
}

let made: HotCode | undefined | 'not yet' = 'not yet'

/** Made when it is first needed, in less than a millisecond. Undefined where there is no WebAssembly, or none with vectors. */
export function hotCode(): HotCode | undefined {
  if (made === 'not yet') made = compile()
  return made
}

function compile(): HotCode | undefined {
  const { WebAssembly } = globalThis as Platform
  if (WebAssembly === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(assembled), (character) => character.charCodeAt(0))
    return new HotCode(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports)
  } catch {
    // A processor or an engine without vectors, or a page whose policy forbids to compile.
    return undefined
  }
}
