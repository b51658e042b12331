import type { History, TraceEvent } from '../history.ts'
import { workedOutOnce } from '../worked-out-once.ts'

/** Events of these kinds in the order they happened. */
export function eventsOf({ trace }: History, ...kinds: readonly string[]): readonly TraceEvent[] {
  const byKind = eventsByKind(trace)
  const there = kinds.filter((kind) => byKind.has(kind))
  if (there.length <= 1) return byKind.get(there[0] ?? '') ?? []
  // The whole of it once more: to put the lists of several kinds in order takes longer.
  const wanted = new Set(there)
  return trace.filter(({ event }) => wanted.has(event))
}

export function has({ trace }: History, kind: string): boolean {
  return eventsByKind(trace).has(kind)
}

/** `orders-1`: of an event that names a partition. */
export function whereOf({ details }: TraceEvent): string {
  const { topic, partition } = details
  return `${topic}-${partition}`
}

/** Once per trace, not once per law: laws ask for few kinds, and traces are long. */
const eventsByKind = workedOutOnce((trace: History['trace']): ReadonlyMap<string, readonly TraceEvent[]> => {
  const events = new Map<string, TraceEvent[]>()
  for (const one of trace) {
    const same = events.get(one.event)
    if (same === undefined) events.set(one.event, [one])
    else same.push(one)
  }
  return events
})
