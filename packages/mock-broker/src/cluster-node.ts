import type { FetchSessions } from './fetch-sessions.ts'
import type { KafkaRelease } from './kafka-releases.ts'

/** A broker as everybody sees it. */
export interface BrokerNode {
  readonly id: number
  readonly host: string
  /** 0 until it listens for the first time, if any free port was asked for. */
  port: number
  readonly rack: string | null
  /** Whether its process runs. */
  isRunning: boolean
}

/** A broker with all that the cluster knows of it. Its sockets are `broker.ts`. */
export interface ClusterNode extends BrokerNode {
  /** Whether the controller takes it for dead, so that it is not listed and leads nothing. */
  isFenced: boolean
  /** How long after an append its replicas have it; `Infinity`: they do not fetch. */
  lagMs: number
  /** How far its wall clock is ahead of the others. */
  wallSkewMs: number
  /** Whether its disk has failed: it neither reads nor writes. */
  isLogDirOffline: boolean
  /** The release of Kafka that it looks like. */
  release: KafkaRelease
  readonly fetchSessions: FetchSessions
}

/** Its process runs and its disk is whole. */
export function canReplicate(node: ClusterNode | undefined): boolean {
  return node?.isRunning === true && !node.isLogDirOffline
}

/** The controller takes it for alive, and its disk for whole: it may lead. */
export function isAvailable(node: ClusterNode | undefined): boolean {
  return node?.isFenced === false && !node.isLogDirOffline
}
