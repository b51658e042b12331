import { shownMs, type TraceEvent } from '../history.ts'

/** `  12.5 ms  producer  batch-drained topic=orders partition=1`; of several producers with `producer=billing` in front. */
export function eventLine(event: TraceEvent): string {
  const { atMs, source } = event
  return `${shownMs(atMs).padStart(12)}  ${source.padEnd(8)}  ${[event.event, ...eventWords(event)].join(' ')}`
}

/** `topic=orders`, `partition=1`: what an event says beyond its name and time. */
export function eventWords({ details, producer }: TraceEvent): string[] {
  const words = Object.entries(details)
    .filter(([key]) => key !== 'event' && key !== 'atMs')
    .map(([key, value]) => `${key}=${shownValue(value)}`)
  return producer === undefined ? words : [`producer=${producer}`, ...words]
}

function shownValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner))
  }
  return String(value)
}
