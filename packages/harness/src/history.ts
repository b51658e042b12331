import type { Ability } from './subjects/subject.ts'

/** How one record ended, as the producer told it. */
export type Settlement =
  | {
      readonly outcome: 'acknowledged'
      readonly atMs: number
      readonly partition: number
      /** -1 when the producer does not know it: acks=0, or a duplicate the broker no longer remembers. */
      readonly offset: bigint
      /** Undefined when the producer does not say. */
      readonly timestamp: number | undefined
    }
  | {
      readonly outcome: 'failed'
      readonly atMs: number
      /** The producer's stable code: Kafka's name of a broker's error, else its own, such as `DELIVERY_TIMEOUT`. */
      readonly error: string
      /** `definite`: surely not in the log. `maybe`: nobody can know. */
      readonly certainty: 'definite' | 'maybe'
      readonly message: string
    }

/** One call of `send`, in call order. */
export interface SentRecord {
  /** Position in call order among the records of all producers, from 0; also inside the value. */
  readonly number: number
  /** Whom it was handed to; undefined in a run of one producer. */
  readonly producer?: string | undefined
  readonly topic: string
  /** The partition the caller asked for; undefined when the producer chose. */
  readonly partition: number | undefined
  readonly key: string | null
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly value: Uint8Array
  readonly submittedAtMs: number
  /** The same on the wall clock; undefined where nobody looked. */
  readonly submittedWallMs?: number
  /** When the producer took it into a batch; undefined if it never did, or did not say. */
  acceptedAtMs?: number
  /** Every call of the completion. The law ONCE wants exactly one, so all are kept. */
  readonly settlements: Settlement[]
}

/** One record of the cluster's log at the end of the run: ground truth. */
export interface LoggedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly timestamp: number
  /** The largest timestamp of its batch. */
  readonly batchTimestampMax: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** Undefined in a history that does not tell. */
  readonly headers?: readonly (readonly [key: string, value: string])[]
  readonly producerId: bigint
  readonly producerEpoch: number
  /** Sequence number of this record, -1 without idempotence. */
  readonly sequence: number
}

/** One batch of one Produce request, as it arrived at a broker, in order of arrival. */
export interface ReceivedBatch {
  readonly atMs: number
  /** Number of the request in the journal, from 0. */
  readonly request: number
  readonly broker: number
  readonly connection: number | string
  /** `client.id` of the sender; undefined where nobody looked. */
  readonly clientId?: string | null | undefined
  readonly topic: string
  readonly partition: number
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordCount: number
  readonly crc: number
}

/** One request as a broker saw it. */
export interface ReceivedRequest {
  readonly api: string
  readonly broker: number
  readonly connection: number | string
  /** `client.id` of the sender; undefined where nobody looked. */
  readonly clientId?: string | null | undefined
  readonly receivedAtMs: number
  /** Undefined when no answer left the broker. */
  readonly answeredAtMs: number | undefined
  readonly fault: string | undefined
  /** Topic and partition of everything it names. */
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[]
}

/** What anything in the world said, with the time at which it said it. */
export interface TraceEvent {
  readonly atMs: number
  readonly source: 'producer' | 'broker' | 'workload'
  /** Of a run of several producers: which of them said it, or was asked for it. */
  readonly producer?: string
  readonly event: string
  readonly details: Readonly<Record<string, unknown>>
}

/** A step of the workload that waits for the producer. */
export interface WaitedStep {
  readonly step: 'flush' | 'close' | 'until'
  /** Who was asked; undefined in a run of one producer. */
  readonly producer?: string | undefined
  readonly calledAtMs: number
  readonly returnedAtMs: number
  /** Records handed to that producer before the call. */
  readonly submittedBefore: number
  /** Which of those had no completion when it returned. */
  readonly unsettled: readonly number[]
  readonly withinMs: number | undefined
  /** Of `close`: after this the producer gives up what is open. */
  readonly timeoutMs?: number | undefined
}

export interface FaultReport {
  readonly name: string
  readonly hits: number
  /** Whether it acted as often as it was there for: `times: 3` three times, anything else at least once. */
  readonly isConsumed: boolean
  /** Why it did not act: the condition that came closest. */
  readonly closest: string | undefined
}

/** What is left of a producer after its `close` has returned. */
export interface Census {
  readonly openLinks: number
  readonly pendingTimers: number
  readonly bufferedBytes: number
  readonly completionsAfterClose: number
}

/** What of the producer's configuration the laws depend on. */
export interface ProducerSettings {
  readonly idempotent: boolean
  readonly acks: 'all' | 0 | 1
  readonly inFlightRequestsMax: number
  readonly deliveryTimeoutMs: number
  readonly blockMsMax: number
  readonly lingerMs: number
  readonly requestTimeoutMs: number
  readonly requestBytesMax: number
  readonly compresses: boolean
  readonly retries: number
  readonly batchBytes: number
  /** Where the sequences of each partition begin, until the first bump. */
  readonly firstSequence: number
  readonly retryBackoffMs: number
  readonly retryBackoffMsMax: number
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMsMax: number
}

/** A producer that is not ours: seen from outside only, by what it answers, sends and leaves in the log. */
export interface ForeignProducer {
  /** With its version. */
  readonly name: string
  /** Kafka's keys that it could not be told, with the reason. */
  readonly cannot: ReadonlyMap<string, string>
  readonly can: readonly Ability[]
}

/** One time that a rule acted, and for how long its effect may keep a record from getting through. */
export interface FaultHit {
  readonly atMs: number
  readonly name: string
  /** The kind: `drop`, `stop-broker`. */
  readonly action: string
  readonly impactMs: number
}

/** A record sent to one partition after all faults were over. */
export interface Probe {
  /** Its number among the records sent. */
  readonly number: number
  readonly topic: string
  readonly partition: number
}

/** What is known about the producer's memory from looks at it while it ran. */
export interface MemoryUse {
  readonly totalBytes: number
  readonly availableBytesMin: number
  readonly availableBytesMax: number
}

/** A look at the producer while something happened to it. */
export interface ProducerSample {
  readonly atMs: number
  readonly bufferedBytes: number
  readonly bufferTotalBytes: number
  /** Sends that wait for metadata or memory. */
  readonly blockedSends: number
}

/** The same run without faults. */
export interface WithoutFaults {
  /** Numbers of the records that fail there as well. */
  readonly failed: ReadonlySet<number>
  /** The longest that a record took there, from `send` to its completion. */
  readonly latencyMsMax: number
}

/** Most events that happened without time passing; arrivals of bytes are not among them. */
export interface BusiestMoment {
  readonly atMs: number
  readonly steps: number
}

/** What is known of one producer alone. */
export interface ProducerFacts {
  readonly producer: ProducerSettings
  /** Undefined for our own producer, which is seen from inside. */
  readonly foreign?: ForeignProducer
  /** Times that a rule acted, in order. Not those that can only have touched another producer. */
  readonly faultHits: readonly FaultHit[]
  readonly memory: MemoryUse | undefined
  /** In order of time, one per moment; undefined when nobody asked for them, or the producer is not ours. */
  readonly samples?: readonly ProducerSample[]
  /** The producer's own metrics in the end, of Kafka's group `producer-metrics`. */
  readonly metrics: ReadonlyMap<string, number>
  /** Undefined when the producer never finished closing. */
  readonly census: Census | undefined
}

/** One of the producers of a run that has several. */
export interface ProducerOfRun extends ProducerFacts {
  readonly name: string
  /** By which brokers tell its requests from those of the others. Undefined: it cannot be told one. */
  readonly clientId: string | undefined
}

/**
 * Everything that happened in one run of one scenario in one world. Laws and expectations are pure functions of this:
 * they can be tested with a history made by hand, and applied to one that was recorded elsewhere.
 *
 * A run of several producers is one history with `producers`, and `historiesOf` takes it apart: one history for each, as if
 * the others were part of the world. Laws promise what one producer promises its callers, so they are put to those.
 */
export interface History extends ProducerFacts {
  /** Every producer of the run, if there are several: then what is above is that of the first, and nothing to judge by. */
  readonly producers?: readonly ProducerOfRun[] | undefined
  /** Of the history of one of several producers: which. */
  readonly of?: Pick<ProducerOfRun, 'name' | 'clientId'> | undefined
  /** The mark inside every value of this run. */
  readonly run: string
  readonly world: 'simulated' | 'tcp'
  /**
   * How late things may be in this world beyond their limit: one timer step in virtual time. In real time, what the
   * event loop lost during this very run, and a second. Upper limits of time are judged with it, lower ones exactly.
   */
  readonly timerSlackMs: number
  /** True if something in the scenario takes a leader away: with acks=1 an acknowledged record may then be lost. */
  readonly losesLeaders: boolean
  readonly sent: readonly SentRecord[]
  /** Sorted by topic, partition, offset. */
  readonly log: readonly LoggedRecord[]
  readonly requests: readonly ReceivedRequest[]
  readonly batches: readonly ReceivedBatch[]
  readonly waits: readonly WaitedStep[]
  readonly faults: readonly FaultReport[]
  /** Judged as `harrow explore` does: see the scenario's `strict`. */
  readonly isStrict: boolean
  /** Empty unless strict, and when the workload closed the producer itself. */
  readonly probes: readonly Probe[]
  /** When all faults were over; undefined if it never came to that. */
  readonly healedAtMs: number | undefined
  /** Undefined when nobody ran it. */
  readonly withoutFaults: WithoutFaults | undefined
  readonly busiest: BusiestMoment | undefined
  /** What the cluster complains about: malformed frames, unknown APIs. */
  readonly findings: readonly string[]
  /** What is left in the whole world once the cluster has stopped too; only known in the simulated one. */
  readonly worldLeftovers: readonly string[]
  /** Why the run was cut short: no progress, out of time, an exception. Undefined when it ran to its end. */
  readonly cutShort:
    | { readonly law: 'LIVE' | 'CRASH' | 'PROTOCOL'; readonly message: string; readonly evidence: readonly string[] }
    | undefined
  readonly trace: readonly TraceEvent[]
  readonly durationMs: number
}

/** One way in which a history breaks a law or an expectation. */
export interface Violation {
  readonly law: string
  /** One sentence with the numbers in it. */
  readonly message: string
  /** The facts that show it, one per line. */
  readonly evidence: readonly string[]
  /** Where in the trace to look; undefined when the whole run is meant. */
  readonly atMs?: number
  /** Who broke it, in a run of several producers. */
  readonly producer?: string
}

/** `orders-1`, as Kafka writes it. */
export function partitionName(at: { readonly topic: string; readonly partition: number }): string {
  return `${at.topic}-${at.partition}`
}

/** `12.5 ms`, whole microseconds at most: for evidence. */
export function shownMs(ms: number): string {
  return `${Math.round(ms * 1000) / 1000} ms`
}
