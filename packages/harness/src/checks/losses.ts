import type { History } from '../history.ts'
import { eventsOf, has, whereOf } from './trace-index.ts'

/**
 * When a partition last lost what it had confirmed, by no fault of a producer: its topic was deleted, or a replica that
 * lacked records was made its leader all the same (`unclean.leader.election.enable`). Minus infinity: never.
 */
export class Losses {
  private readonly topics = new Map<unknown, number>()
  private readonly partitions = new Map<string, number>()

  constructor(history: History) {
    let uncleanAtMs = Number.NEGATIVE_INFINITY
    for (const one of eventsOf(history, 'fault-hit', 'leader-moved', 'topic-deleted')) {
      const { atMs, details, event } = one
      if (event === 'topic-deleted') this.topics.set(details['topic'], atMs)
      else if (event === 'leader-moved') {
        if (atMs === uncleanAtMs) this.partitions.set(whereOf(one), atMs)
      } else if (details['action'] === 'unclean-election') uncleanAtMs = atMs
    }
  }

  /** Whether anything was lost. */
  get isAny(): boolean {
    return this.topics.size + this.partitions.size > 0
  }

  lastMs(topic: string, partition: number): number {
    const { topics, partitions } = this
    const never = Number.NEGATIVE_INFINITY
    return Math.max(topics.get(topic) ?? never, partitions.get(`${topic}-${partition}`) ?? never)
  }
}

/** For laws about what is in a log, and where: why they do not bind. */
export function lossesUnbound(history: History): string | undefined {
  return new Losses(history).isAny ? 'the cluster lost what it had confirmed' : undefined
}

/**
 * For laws about what brokers recognise: why they do not bind. A partition that was emptied takes whatever number comes first:
 * of several requests in flight a later one (seed 302445), which is numbered anew when an earlier one fails (90127056).
 */
export function forgottenUnbound(history: History): string | undefined {
  if (has(history, 'producers-forgotten')) return 'a broker forgot its producers, and took a retry for new'
  return history.producer.inFlightRequestsMax > 1 ? lossesUnbound(history) : undefined
}
