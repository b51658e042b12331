import type { History, ProducerOfRun, TraceEvent } from './history.ts'
import { workedOutOnce } from './worked-out-once.ts'

/**
 * The histories of the producers of a run, one for each. That of a producer has its settings, records, requests, waits and
 * trace; what the others did is left out, and what they wrote stays in the log, where it is in nobody's way. Of a run of
 * one it is the history itself.
 */
export function historiesOf(history: History): readonly History[] {
  return history.producers === undefined ? [history] : partsOf(history)
}

/** Every law and expectation asks. */
const partsOf = workedOutOnce((history: History): readonly History[] =>
  (history.producers ?? []).map((one) => historyOf(history, one)),
)

/** That of the producer of this name; undefined if there is none. */
export function historyOfProducer(history: History, name: string): History | undefined {
  return historiesOf(history).find(({ of }) => of?.name === name)
}

function historyOf(history: History, { name, clientId, ...facts }: ProducerOfRun): History {
  const isItsOwn = (one: { readonly clientId?: string | null | undefined }): boolean =>
    clientId !== undefined && one.clientId === clientId
  const sent = history.sent.filter(({ producer }) => producer === name)
  const numbers = new Set(sent.map(({ number }) => number))
  // Nothing of the first one, which the run has in these places, may be taken for its own.
  const { foreign: _, samples: __, ...run } = history
  return {
    ...run,
    ...facts,
    producers: undefined,
    of: { name, clientId },
    sent,
    requests: history.requests.filter(isItsOwn),
    batches: history.batches.filter(isItsOwn),
    waits: history.waits.filter(({ producer }) => producer === name),
    probes: history.probes.filter(({ number }) => numbers.has(number)),
    trace: history.trace.filter((event) => concerns(event, { name, clientId })),
  }
}

/** What is said by another producer, or about another client, is not its business. */
function concerns({ producer, details }: TraceEvent, { name, clientId }: NonNullable<History['of']>): boolean {
  if (producer !== undefined) return producer === name
  const client = details['clientId']
  return typeof client !== 'string' || client === clientId
}
