import type { Random } from '@harrow/runtime'
import { StickyPartitioner } from '../partitioners/sticky.ts'
import { LinkedList } from './linked-list.ts'
import { PartitionQueue } from './partition-queue.ts'

/** One topic: the queues of the partitions that were ever used, and the partitioner for records without a key. */
export interface TopicState {
  readonly name: string
  /** By partition; undefined for one that was never used. */
  readonly partitions: (PartitionQueue | undefined)[]
  usedPartitions: number
  /** Those with data. */
  readonly queued: LinkedList<PartitionQueue>
  readonly sticky: StickyPartitioner
}

/** Every partition's queue, and which of them have data: a turn looks at those and at no others. */
export class TopicQueues {
  private readonly random: Random
  private readonly batchBytes: number
  private readonly topics = new Map<string, TopicState>()
  /** With data, longest unserved first. */
  private readonly withData = new LinkedList<PartitionQueue>()
  private lastTopic: TopicState | undefined

  constructor(random: Random, options: { readonly batchBytes: number }) {
    this.random = random
    this.batchBytes = options.batchBytes
  }

  /** Queues with data, longest unserved first. */
  get queued(): LinkedList<PartitionQueue> {
    return this.withData
  }

  get all(): Iterable<TopicState> {
    return this.topics.values()
  }

  /** HOT. Nearly always the topic of the time before. */
  topic(name: string): TopicState {
    if (name === this.lastTopic?.name) return this.lastTopic
    let state = this.topics.get(name)
    if (state === undefined) {
      const sticky = new StickyPartitioner(this.random.fork(`sticky ${name}`), { batchBytes: this.batchBytes })
      state = { name, partitions: [], usedPartitions: 0, queued: new LinkedList(), sticky }
      this.topics.set(name, state)
    }
    this.lastTopic = state
    return state
  }

  queueOf({ topic, partition }: { readonly topic: string; readonly partition: number }): PartitionQueue {
    return queueOf(this.topic(topic), partition)
  }

  /** It has data now: to the end of the line, if it was not in it. */
  list(queue: PartitionQueue): void {
    this.withData.add(queue.queuedLink)
    this.topic(queue.topic).queued.add(queue.queuedInTopicLink)
  }

  unlist(queue: PartitionQueue): void {
    this.withData.delete(queue.queuedLink)
    this.topic(queue.topic).queued.delete(queue.queuedInTopicLink)
  }
}

/** HOT. Made when it is first used. */
export function queueOf(topic: TopicState, partition: number): PartitionQueue {
  const { partitions } = topic
  let queue = partitions[partition]
  if (queue === undefined) {
    queue = new PartitionQueue(topic.name, partition)
    // Without holes: an array with many is a slow dictionary. The topic has this many partitions, so it is never too long.
    while (partitions.length < partition) partitions.push(undefined)
    partitions[partition] = queue
    topic.usedPartitions++
  }
  return queue
}
