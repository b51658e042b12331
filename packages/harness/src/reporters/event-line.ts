import { shownMs, type TraceEvent } from '../history.ts'

/** `  12.5 ms  producer  batch-drained topic=orders partition=1`. */
export function eventLine({ atMs, source, event, details }: TraceEvent): string {
  const words = Object.entries(details)
    .filter(([key]) => key !== 'event' && key !== 'atMs')
    .map(([key, value]) => `${key}=${shownValue(value)}`)
  return `${shownMs(atMs).padStart(12)}  ${source.padEnd(8)}  ${[event, ...words].join(' ')}`
}

function shownValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner))
  }
  return String(value)
}
