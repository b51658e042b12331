import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import type { MetadataRequest } from '../metadata/metadata.ts'

/** What a request was for; it comes back with the answer. */
export type RequestContext =
  | { readonly kind: 'produce'; readonly batches: readonly ProducerBatch[] }
  | { readonly kind: 'metadata'; readonly request: MetadataRequest }
  | { readonly kind: 'init-producer-id' }
