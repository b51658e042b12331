import type { JournalEntry } from '../journal.ts'
import { type PlainJson, plainJson } from '../plain-json.ts'
import type { BrokerEvent } from '../trace.ts'

export interface RunToExport {
  readonly clusterId: string
  readonly bootstrapServers: string
  /** What the wall clock shows when the monotonic one shows 0. */
  readonly wallAtZeroMs: number
  readonly events: Iterable<BrokerEvent> & { readonly dropped: number }
  /** As far as they are kept. */
  readonly requests: Iterable<JournalEntry>
}

/**
 * A run as JSON lines: first the cluster, then every event in order. Requests and answers carry their bodies as long as
 * the journal has them. Bigints are strings, bytes are base64.
 */
export function jsonLines(run: RunToExport): string {
  const { clusterId, bootstrapServers, wallAtZeroMs, events } = run
  const entries = new Map([...run.requests].map((entry) => [entry.id, entry]))
  const head = { event: 'run', clusterId, bootstrapServers, wallAtZeroMs, eventsDropped: events.dropped }
  const lines = [plainJson(head), ...[...events].map((event) => line(event, entries))]
  return `${lines.map((one) => JSON.stringify(one)).join('\n')}\n`
}

function line(event: BrokerEvent, entries: ReadonlyMap<number, JournalEntry>): PlainJson {
  if (event.event === 'request-received') return plainJson({ ...event, body: entries.get(event.request)?.body })
  if (event.event === 'request-answered') return plainJson({ ...event, answer: entries.get(event.request)?.answer })
  return plainJson(event)
}
