import { faultKinds, type ParsedFaultRule } from '@harrow/mock-broker/core'
import type { ParsedProducerConfig } from '@harrow/producer/core'
import type { FaultHit } from '../history.ts'
import type { TimedHit } from './producer-under-test.ts'

/** Kinds of faults after which somebody else may lead. */
const leaderTakers = faultKinds.filter((kind) => kind.takesLeadership).map(({ key }) => key)

/** Whether one of these rules takes a leader away: with acks=1 an acknowledged record may then be lost. */
export function losesLeaders(rules: readonly ParsedFaultRule[]): boolean {
  return rules.some(({ do: action = {} }) => leaderTakers.some((kind) => kind in action))
}

/**
 * What the rules that acted may have done to a producer with this configuration; undefined: to one whose settings are not
 * ours, and then nobody knows for how long. Those that can only have touched the client of another producer are left out.
 */
export function hitsThatTouch(
  clientId: string | undefined,
  hits: readonly TimedHit[],
  config: ParsedProducerConfig | undefined,
): FaultHit[] {
  return hits.flatMap(({ atMs, name, action, clientId: touched }): FaultHit[] => {
    // One without an action only observes.
    if (action === undefined) return []
    if (clientId !== undefined && touched !== undefined && touched !== clientId) return []
    const [kind = ''] = Object.keys(action)
    const lastsMs = config === undefined ? Number.POSITIVE_INFINITY : impactMs(action, config)
    return [{ atMs, name, action: kind, impactMs: lastsMs }]
  })
}

/**
 * For how long one act of a fault may keep records from getting through: what it takes away, and what the producer then
 * needs by its own settings to find out and to try again. For kinds unknown here: without end.
 */
export function impactMs(action: NonNullable<ParsedFaultRule['do']>, config: ParsedProducerConfig): number {
  const { requestTimeoutMs, retryBackoffMaxMs, reconnectBackoffMaxMs } = config
  const againMs = retryBackoffMaxMs + reconnectBackoffMaxMs
  const durations = action as unknown as { readonly [key: string]: number | undefined }
  const lastsMs = durations['for'] ?? Number.POSITIVE_INFINITY
  if ('error' in action || 'move-leader' in action || 'start-broker' in action) return againMs
  if ('throttle' in action) return (action.throttle as number) + requestTimeoutMs + 2 * againMs
  if ('disconnect' in action) return 2 * againMs
  if ('drop' in action) return requestTimeoutMs + 2 * againMs
  if ('delay' in action) return Math.max(durations['delay'] ?? 0, requestTimeoutMs) + 2 * againMs
  if ('slice' in action || 'clock-skew' in action || 'add-broker' in action) return 0
  if ('accept' in action || 'idle-close' in action) return 2 * againMs
  if ('stall' in action || 'clog' in action) {
    const heldMs = Number(durations['stall'] ?? durations['clog'])
    return Number.isNaN(heldMs) ? Number.POSITIVE_INFINITY : heldMs + requestTimeoutMs + 2 * againMs
  }
  // What lasts, and then has to be found out and mended.
  const lasting = [
    'stop-broker',
    'kill-broker',
    'cut-off',
    'refuse',
    'bandwidth',
    'stale-metadata',
    'no-leader',
    'disk-full',
  ]
  if (lasting.some((kind) => kind in action)) return lastsMs + requestTimeoutMs + 2 * againMs
  return Number.POSITIVE_INFINITY
}
