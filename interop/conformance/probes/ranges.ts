import type { BatchSpec } from '../probe.ts'

/** Every version of Produce that Kafka 4 serves. */
export const everyProduce = { min: 3, max: 13 } as const
/** For probes that have no version. */
export const once = { min: 0, max: 0 } as const
/** A batch with nothing wrong. */
export const one: BatchSpec = { records: 1 }
