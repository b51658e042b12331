import type { JournalEntry } from '../journal.ts'
import { jsonText } from '../json-text.ts'
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
 * the journal has them. 64-bit integers are plain numbers, bytes are base64.
 */
export function jsonLines(run: RunToExport): string {
  const { clusterId, bootstrapServers, wallAtZeroMs, events } = run
  const entries = new Map([...run.requests].map((entry) => [entry.id, entry]))
  const head = { event: 'run', clusterId, bootstrapServers, wallAtZeroMs, eventsDropped: events.dropped }
  const lines = [jsonText(head), ...[...events].map((event) => line(event, entries))]
  return `${lines.join('\n')}\n`
}

function line(event: BrokerEvent, entries: ReadonlyMap<number, JournalEntry>): string {
  if (event.event === 'request-received') return jsonText({ ...event, body: entries.get(event.request)?.body })
  if (event.event === 'request-answered') return jsonText({ ...event, answer: entries.get(event.request)?.answer })
  return jsonText(event)
}
