import { defineConfig } from 'tsdown'

const options = { dts: true, target: 'es2022', platform: 'node' } as const

export default defineConfig([
  { ...options, entry: ['src/index.ts'], format: ['esm', 'cjs'] },
  // The command is run, not required.
  { ...options, entry: { cli: 'src/cli.ts', worker: 'src/explore/worker.ts' }, format: ['esm'], dts: false },
])
