import type { ProducerBatch } from '../accumulator/producer-batch.ts'
import type { Cluster } from '../metadata/cluster.ts'
import type { MetadataRequest } from '../metadata/metadata.ts'

export interface ProduceContext {
  readonly kind: 'produce'
  readonly batches: readonly ProducerBatch[]
  /** By which topics got their ids in the request: the answer has these, even if a topic is another one by then. */
  readonly cluster: Cluster
}

/** What a request was for; it comes back with the answer. */
export type RequestContext =
  | ProduceContext
  | { readonly kind: 'metadata'; readonly request: MetadataRequest }
  | { readonly kind: 'init-producer-id' }
