import { defineConfig } from 'vitest/config'

// Tests run from source: every package offers its TypeScript under the condition `@harrow/source`.
const conditions = ['@harrow/source', 'module', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'interop/**/*.test.ts',
      'bench/**/*.test.ts',
      'mutants/**/*.test.ts',
      'tools/**/*.test.ts',
    ],
    // Measured on 2 cores: threads start faster than forks, and nothing here needs a process of its own.
    pool: 'threads',
    // Virtual time takes real time on a busy machine; what hangs is found all the same.
    testTimeout: 60_000,
  },
})
