import type { FaultRule } from '@harrow/mock-broker/core'
import type { Delivered, ModelSend, StoredValue } from './model-log.ts'

/**
 * A producer and its cluster, as commands see them. `simulatedStage` is ours in virtual time; one with your own client and
 * a `MockCluster` is about thirty lines.
 */
export interface ProducerStage {
  /** Sends `value` with the key, headers and partition of the record; rejects when `signal` gives it up. */
  send(send: ModelSend, signal: AbortSignal): Promise<Delivered>
  flush(): Promise<void>
  /** Milliseconds; undefined: no limit. */
  close(timeoutMs: number | undefined): Promise<void>
  stopBroker(broker: number): void
  startBroker(broker: number): void
  moveLeader(partition: number): void
  fault(rule: FaultRule): void
  /** Lets time pass, and promises settle. */
  pass(ms: number): Promise<void>
  /** Lets time pass until the promise has settled. */
  until<T>(promise: Promise<T>): Promise<T>
  /** Ends every fault. */
  heal(): void
  /** All that the topic holds, by partition and offset. */
  stored(): StoredValue[]
}
