import { defineConfig } from 'tsdown'

const options = { dts: true, target: 'es2022', platform: 'node' } as const

export default defineConfig([
  {
    ...options,
    entry: ['src/index.ts', 'src/testing.ts', 'src/jest.ts', 'src/global-setup.ts', 'src/global-teardown.ts'],
    format: ['esm', 'cjs'],
  },
  // Apart, and so without a file in common: whoever has no fast-check must not load it.
  { ...options, entry: ['src/fast-check.ts'], format: ['esm', 'cjs'] },
  // vitest itself is ESM only.
  { ...options, entry: ['src/vitest.ts'], format: ['esm'] },
  // The command is run, not required.
  {
    ...options,
    entry: {
      cli: 'src/cli.ts',
      worker: 'src/explore/worker.ts',
      'run-worker': 'src/scenario/run-worker.ts',
      driver: 'src/subjects/driver.ts',
    },
    format: ['esm'],
    dts: false,
  },
])
