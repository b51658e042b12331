import type { History, TraceEvent } from '../history.ts'
import { workedOutOnce } from '../worked-out-once.ts'

/** The events of each kind, and where in the trace they are. */
interface Index {
  readonly events: ReadonlyMap<string, TraceEvent[]>
  readonly positions: ReadonlyMap<string, number[]>
}

/** Events of these kinds in the order they happened. */
export function eventsOf({ trace }: History, ...kinds: readonly string[]): readonly TraceEvent[] {
  const { events, positions } = indexOf(trace)
  const there = kinds.filter((kind) => events.has(kind))
  if (there.length <= 1) return events.get(there[0] ?? '') ?? []
  const all = there.flatMap((kind) => positions.get(kind)!)
  return all.sort((a, b) => a - b).map((at) => trace[at]!)
}

export function has({ trace }: History, kind: string): boolean {
  return indexOf(trace).events.has(kind)
}

/** `orders-1`: of an event that names a partition. */
export function whereOf({ details }: TraceEvent): string {
  const { topic, partition } = details
  return `${topic}-${partition}`
}

/** Once per trace, not once per law: laws ask for few kinds, and traces are long. */
const indexOf = workedOutOnce((trace: History['trace']): Index => {
  const events = new Map<string, TraceEvent[]>()
  const positions = new Map<string, number[]>()
  for (let at = 0; at < trace.length; at++) {
    const one = trace[at]!
    const same = events.get(one.event)
    if (same === undefined) {
      events.set(one.event, [one])
      positions.set(one.event, [at])
    } else {
      same.push(one)
      positions.get(one.event)!.push(at)
    }
  }
  return { events, positions }
})
