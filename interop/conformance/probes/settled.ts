import type { Step } from '../probe.ts'

/** Until every thread of the broker knows of what an administrator changed. */
export const settled: Step = { silentForMs: 300, on: 'meanwhile' }
