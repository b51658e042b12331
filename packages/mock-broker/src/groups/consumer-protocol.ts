/** The protocol type of Kafka's consumers. Java: `ConsumerProtocol.PROTOCOL_TYPE`. */
export const consumerProtocolType = 'consumer'

const utf8 = new TextDecoder()

/**
 * The topics of a consumer's subscription, undefined if the bytes are none. Read as version 0, with which every version
 * begins, as a coordinator does. Java: `ConsumerProtocol.deserializeConsumerProtocolSubscription`.
 */
export function subscribedTopics(metadata: Uint8Array): string[] | undefined {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength)
  if (metadata.length < headBytes || view.getInt16(0) < 0) return undefined
  const topics: string[] = []
  let at = headBytes
  for (let left = view.getInt32(2); left > 0; left--) {
    if (at + 2 > metadata.length) return undefined
    const end = at + 2 + view.getInt16(at)
    if (end < at + 2 || end > metadata.length) return undefined
    topics.push(utf8.decode(metadata.subarray(at + 2, end)))
    at = end
  }
  return topics
}

/** Version, and how many topics. */
const headBytes = 6
