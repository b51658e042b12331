import type { History, TraceEvent } from '../history.ts'

/** Where in the trace each kind of event is. */
type Index = ReadonlyMap<string, readonly number[]>

/** Worked out once per trace, not once per law: laws ask for few kinds, and traces are long. */
const indexes = new WeakMap<History['trace'], Index>()

/** Events of these kinds in the order they happened. */
export function eventsOf({ trace }: History, ...kinds: readonly string[]): readonly TraceEvent[] {
  const index = indexOf(trace)
  const positions = kinds.flatMap((kind) => index.get(kind) ?? [])
  if (kinds.length > 1) positions.sort((a, b) => a - b)
  return positions.map((at) => trace[at]!)
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
  const index = new Map<string, number[]>()
  for (const [at, { event }] of trace.entries()) {
    const same = index.get(event)
    if (same === undefined) index.set(event, [at])
    else same.push(at)
  }
  indexes.set(trace, index)
  return index
}
