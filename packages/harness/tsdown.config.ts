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
  // The script of the page of `harrow run --report`, with all it needs: it is copied into pages.
  {
    entry: { 'report-page': 'report-page/main.ts' },
    format: ['iife'],
    platform: 'browser',
    target: 'es2022',
    minify: true,
    dts: false,
    noExternal: [/./],
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: '/*! Apache ECharts: Apache-2.0, https://echarts.apache.org; zrender: BSD-3-Clause; tslib: 0BSD */' },
  },
])
