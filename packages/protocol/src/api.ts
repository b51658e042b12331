import { PlanCache } from './plan.ts'
import type { Decoded, Encodable, Fields, VersionRange } from './schema.ts'

/** For `throttlesAfterAnswering`: clients never wait on this API, whatever it says. */
export const neverThrottles = Number.POSITIVE_INFINITY

/** One API of Kafka's protocol: its versions, its two messages, and every behaviour that hangs on a version. */
export interface Api<Request extends Fields = Fields, Response extends Fields = Fields> {
  /** Kafka's name, such as `InitProducerId`. */
  readonly name: string
  /** The number that stands for it in a request header. */
  readonly key: number
  /** The versions described here: those that a Kafka 4.x broker serves. */
  readonly versions: VersionRange
  /** The lowest version that a broker lists in ApiVersions. Lower than `versions.min` for Produce only. */
  readonly advertisedMin: number
  /** From this version on lengths are compact and structures end in tagged fields. KIP-482. */
  readonly flexibleFrom: number
  /**
   * From this version on a broker answers first and mutes the connection afterwards, so it is the client that waits for
   * `throttleTimeMs` (KIP-219).
   */
  readonly throttlesAfterAnswering: number
  /** The response header stays at version 0 whatever the version of the message. True for ApiVersions only. */
  readonly hasPlainResponseHeader: boolean
  readonly request: Request
  readonly response: Response
  /** What `plan.ts` worked out so far. */
  readonly plans: PlanCache
}

interface ApiDescription<Request extends Fields, Response extends Fields> {
  readonly name: string
  readonly key: number
  readonly versions: VersionRange
  readonly advertisedMin?: number
  readonly flexibleFrom: number
  readonly throttlesAfterAnswering: number
  readonly hasPlainResponseHeader?: boolean
  readonly request: Request
  readonly response: Response
}

/** Fills in the columns in which almost every API is alike. */
export function describeApi<const Request extends Fields, const Response extends Fields>(
  description: ApiDescription<Request, Response>,
): Api<Request, Response> {
  return {
    advertisedMin: description.versions.min,
    hasPlainResponseHeader: false,
    ...description,
    plans: new PlanCache(description),
  }
}

/** A decoded request: every field is there, with its default where the version does not carry it. */
export type RequestOf<A extends Api> = Decoded<A['request']>
/** A decoded response: every field is there, with its default where the version does not carry it. */
export type ResponseOf<A extends Api> = Decoded<A['response']>
/** A request to encode: a field that has a default, or that is bound to versions, may be left out. */
export type RequestInput<A extends Api> = Encodable<A['request']>
/** A response to encode: a field that has a default, or that is bound to versions, may be left out. */
export type ResponseInput<A extends Api> = Encodable<A['response']>
