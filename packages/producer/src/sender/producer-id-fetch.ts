import { errorByCode, initProducerId, type KafkaErrorRow, kafkaErrors, type ResponseOf } from '@harrow/protocol'
import type { Random } from '@harrow/runtime'
import { type BackoffRange, exponentialBackoffMs } from '../backoff.ts'
import type { Idempotence } from '../idempotence/idempotence.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { Answer } from '../network/connection.ts'
import type { NetworkClient } from '../network/network-client.ts'
import type { RequestContext } from './request-context.ts'

/** Errors that fail what is queued, after which a later send may try again. */
const abortable: ReadonlySet<string> = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
])

/** Refused for good (`isFatal`) or for now: batches that wait for an id fail. */
export interface ProducerIdRefusal {
  readonly error: KafkaErrorRow
  readonly isFatal: boolean
}

/** Asks any broker for a producer id when there is none. */
export class ProducerIdFetch {
  private readonly random: Random
  private readonly backoff: BackoffRange
  private readonly idempotence: Idempotence
  private readonly metadata: Metadata
  private readonly network: NetworkClient<RequestContext>
  private isAsking = false
  private failures = 0
  private notBeforeMs = Number.NEGATIVE_INFINITY
  /** After a refusal nobody asks again until there is something to send. */
  private wasRefused = false

  constructor(
    random: Random,
    parts: {
      readonly idempotence: Idempotence
      readonly metadata: Metadata
      readonly network: NetworkClient<RequestContext>
    },
    backoff: BackoffRange,
  ) {
    this.random = random.fork('producer-id')
    this.idempotence = parts.idempotence
    this.metadata = parts.metadata
    this.network = parts.network
    this.backoff = backoff
  }

  /** Returns when to look again without an event, and a refusal if the broker speaks no version of the API. */
  run(nowMs: number, options: { readonly hasQueued: boolean }): number | ProducerIdRefusal {
    const { idempotence, network } = this
    if (this.isAsking || idempotence.hasProducerId || idempotence.fatalError !== undefined)
      return Number.POSITIVE_INFINITY
    if (this.wasRefused && !options.hasQueued) return Number.POSITIVE_INFINITY
    if (nowMs < this.notBeforeMs) return this.notBeforeMs
    const node = network.leastLoadedNode(this.metadata.candidates, nowMs)
    if (node === undefined) {
      const chances = this.metadata.candidates.map((one) => network.readyAgainMs(one, nowMs))
      return Math.min(...chances)
    }
    if (!network.ready(node, nowMs)) return Number.POSITIVE_INFINITY
    const version = network.versionOf(node, initProducerId)
    if (version === undefined) return { error: kafkaErrors.UNSUPPORTED_VERSION, isFatal: true }
    const body = { transactionalId: null, transactionTimeoutMs: 2 ** 31 - 1 }
    network.send(node, { api: initProducerId, version, body, context: { kind: 'init-producer-id' } }, nowMs)
    this.isAsking = true
    return Number.POSITIVE_INFINITY
  }

  settle(answer: Answer<RequestContext>, nowMs: number): ProducerIdRefusal | undefined {
    this.isAsking = false
    const body = answer.kind === 'response' ? (answer.body as ResponseOf<typeof initProducerId>) : undefined
    const error = body === undefined ? kafkaErrors.NETWORK_EXCEPTION : errorByCode(body.errorCode)
    if (body !== undefined && body.errorCode === 0) {
      this.failures = 0
      this.wasRefused = false
      this.idempotence.setProducerId({ producerId: body.producerId, epoch: body.producerEpoch })
      return undefined
    }
    this.notBeforeMs = nowMs + exponentialBackoffMs(this.random, this.backoff, this.failures++)
    if (error.retriable) return undefined
    this.wasRefused = true
    return { error, isFatal: !abortable.has(error.name) }
  }
}
