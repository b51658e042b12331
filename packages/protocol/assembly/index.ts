// AssemblyScript: what is hot enough to be worth leaving JavaScript. `pnpm assemble` compiles it into src/wasm/assembled.ts.
// No allocation and no imports: callers put bytes where they say they are, src/wasm/hot-code.ts knows where that is.

export { fold } from './crc32c'
export { lz4Block } from './lz4'
export { snappyBlock } from './snappy'
