import type { History, TraceEvent } from '../history.ts'

/** The events of each kind. */
type Index = ReadonlyMap<string, readonly TraceEvent[]>

/** Worked out once per trace, not once per law: laws ask for few kinds, and traces are long. */
const indexes = new WeakMap<History['trace'], Index>()

/** Events of these kinds in the order they happened. */
export function eventsOf({ trace }: History, ...kinds: readonly string[]): readonly TraceEvent[] {
  const index = indexOf(trace)
  const present = kinds.filter((kind) => index.has(kind))
  if (present.length === 0) return []
  if (present.length === 1) return index.get(present[0]!)!
  const wanted = new Set(present)
  return trace.filter(({ event }) => wanted.has(event))
}

export function has({ trace }: History, kind: string): boolean {
  return indexOf(trace).has(kind)
}

/** `orders-1`: of an event that names a partition. */
export function whereOf({ details }: TraceEvent): string {
  const { topic, partition } = details
  return `${topic}-${partition}`
}

function indexOf(trace: History['trace']): Index {
  const known = indexes.get(trace)
  if (known !== undefined) return known
  const index = new Map<string, TraceEvent[]>()
  for (const event of trace) {
    const same = index.get(event.event)
    if (same === undefined) index.set(event.event, [event])
    else same.push(event)
  }
  indexes.set(trace, index)
  return index
}
