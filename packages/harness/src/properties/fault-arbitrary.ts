import type { FaultAction, FaultRule } from '@harrow/mock-broker/core'
import fc from 'fast-check'

export interface FaultConstraints {
  /** Default `orders`. */
  readonly topic?: string
  readonly brokers: number
  readonly partitions: number
  /** Longest delay or outage, in milliseconds. Default 400. */
  readonly durationMsMax?: number
  /** Default 4. */
  readonly faultsMax?: number
  /** Only what passes: no refusal that is final, so that a patient producer gets everything through. Default false. */
  readonly onlyPassing?: boolean
}

const passingErrors = [
  'NOT_LEADER_OR_FOLLOWER',
  'NOT_ENOUGH_REPLICAS',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
]
const finalErrors = ['TOPIC_AUTHORIZATION_FAILED', 'INVALID_RECORD', 'INVALID_REQUIRED_ACKS']

/** What goes wrong in a run: a list of fault rules that shrinks to none. In plain numbers, as rules of a scenario. */
export function faultPlanArbitrary(constraints: FaultConstraints): fc.Arbitrary<FaultRule[]> {
  return fc.array(faultArbitrary(constraints), { maxLength: constraints.faultsMax ?? 4 })
}

/** One fault rule. */
export function faultArbitrary(constraints: FaultConstraints): fc.Arbitrary<FaultRule> {
  const { brokers, partitions, topic = 'orders', durationMsMax = 400, onlyPassing = false } = constraints
  const duration = fc.integer({ min: 1, max: durationMsMax })
  const how = fc.constantFrom<'fin' | 'reset'>('fin', 'reset')
  const times = fc.integer({ min: 1, max: 3 })
  const partition = fc.nat(partitions - 1)
  const broker = fc.integer({ min: 1, max: brokers })
  const onAnswers = fc.oneof(
    fc.constant<FaultAction>({ drop: 'response' }),
    fc.record({
      disconnect: fc.constantFrom<'before-handling' | 'after-handling'>('before-handling', 'after-handling'),
      how,
    }),
    fc.record({ delay: duration, side: fc.constantFrom<'request' | 'response'>('request', 'response') }),
  )
  const refusal = fc.constantFrom(...passingErrors, ...(onlyPassing ? [] : finalErrors)).map((error) => ({ error }))
  const nth = fc.integer({ min: 1, max: 8 })
  const produce = fc
    .record({ nth, partition: fc.option(partition, { nil: undefined }), times, action: fc.oneof(onAnswers, refusal) })
    .map(
      ({ nth, partition, times, action }) =>
        ({
          on: { api: 'Produce', ...(partition === undefined ? {} : { topic, partition }), nth },
          do: action,
          times,
        }) as FaultRule,
    )
  const others = fc
    .record({ api: fc.constantFrom('Metadata', 'ApiVersions', 'InitProducerId'), nth, times, action: onAnswers })
    .map(({ api, nth, times, action }) => ({ on: { api, nth }, do: action, times }) as FaultRule)
  const outage = fc
    .record({ at: fc.nat(durationMsMax), broker, for: duration, how })
    .map(({ at, broker, how, ...rest }) => ({ at, do: { 'stop-broker': broker, for: rest.for, how } }) as FaultRule)
  const move = fc
    .record({ at: fc.nat(durationMsMax), partition })
    .map(({ at, partition }) => ({ at, do: { 'move-leader': { topic, partition } } }) as FaultRule)
  return fc.oneof({ weight: 4, arbitrary: produce }, others, outage, move)
}
