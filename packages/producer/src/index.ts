/** The producer on Node. */
export { loadNativeCrc32c, loadZstd, nodeCodecs } from '@harrow/protocol/node'
export * from './core.ts'
export type { ProducerEventMessage, SendContext } from './facade/diagnostics.ts'
export type { SendAllOptions, SendAllResult } from './facade/send-all.ts'
export {
  type CloseOptions,
  type PartitionsForOptions,
  Producer,
  type ProducerOptions,
  type SendOptions,
} from './producer.ts'
