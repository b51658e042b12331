/** Kafka's own topic for groups and what they have read. Java: `Topic.GROUP_METADATA_TOPIC_NAME`. */
export const offsetsTopicName = '__consumer_offsets'

/** `offsets.topic.num.partitions` */
export const offsetsTopicPartitions = 50

/** The partition that a group falls into. Java: `GroupCoordinatorService.partitionFor`, `String.hashCode`. */
export function groupPartition(groupId: string, partitions: number): number {
  let hash = 0
  for (let i = 0; i < groupId.length; i++) hash = (Math.imul(31, hash) + groupId.charCodeAt(i)) | 0
  // Java's `Utils.abs`: the one number without a counterpart is 0.
  return partitions === 0 ? 0 : (hash === -0x80000000 ? 0 : Math.abs(hash)) % partitions
}
