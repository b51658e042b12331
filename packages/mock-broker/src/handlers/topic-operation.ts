import type { Call } from './handler.ts'

/** EventHandlerExceptionInfo, for an operation of more records than `KafkaRelease.operationRecordsMax`. */
export const excessiveOperation = 'Unable to perform excessively large batch operation.'

/** Named more than once in a request, which Kafka refuses. */
export function repeatedNames(topics: readonly { readonly name: string }[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { name } of topics) {
    if (seen.has(name)) repeated.add(name)
    seen.add(name)
  }
  return repeated
}

/**
 * The partitions that the cluster can still take (`partitionsMax`), given away in the order of the topics of a request.
 * Not Kafka's: there a `create.topic.policy.class` would refuse so, with the same error.
 */
export class PartitionRoom {
  private readonly call: Call
  private left: number
  private isTold = false

  constructor(call: Call) {
    this.call = call
    this.left = call.cluster.partitionsLeft
  }

  /** Takes so many, or says why not; the first refusal of a request is a finding. */
  take(count: number): string | undefined {
    if (count <= this.left) {
      this.left -= count
      return undefined
    }
    const { cluster, node, connection } = this.call
    const message = `${count} partitions more than the ${cluster.partitionCount} there are would exceed ${cluster.config.partitionsMax} (partitionsMax)`
    if (!this.isTold) cluster.find({ kind: 'limit', broker: node.id, connection, message })
    this.isTold = true
    return message
  }
}
