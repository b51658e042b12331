import type { EventStream } from '../../event-stream.ts'
import type { BrokerEvent } from '../../trace.ts'
import { given, numberOfParameter, queryNumber, queryText, type Route } from '../route.ts'
import { listOf, object } from '../schemas.ts'
import { answerLater, timeoutMsOf, timeoutParameter } from '../waiting.ts'

const count = { type: 'integer', minimum: 0 }

export const eventRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/events',
    operationId: 'listEvents',
    summary: 'Everything that happened, as far as it is kept; with `after` as a stream: ask again with `next`',
    parameters: [
      queryText('event', 'Only events of this kind.'),
      queryNumber('after', 'Only events behind so many; waits if there are none yet. Default: the latest, at once.'),
      queryNumber('limit', 'At most so many: the latest, or with `after` the next ones.', 1000),
      timeoutParameter('0'),
    ],
    answer: {
      status: 200,
      doc: 'Oldest first. `next`: what `after` has to be to go on. `dropped`: how many are not kept any more.',
      schema: object({ events: listOf('Event'), next: count, dropped: count }),
    },
    run(call, reply) {
      const { event: kind, after } = given(call, ['event', 'after']) as { event?: string; after?: number }
      const { events: stream } = call.cluster
      const wanted = { kind, limit: numberOfParameter(call, 'limit') }
      const timeoutMs = timeoutMsOf(call)
      const answer = (): void => {
        const { dropped } = stream
        const page = after === undefined ? latest(stream, wanted) : following(stream, after, wanted)
        reply({ status: 200, json: { ...page, dropped } })
      }
      const isThere = after === undefined || following(stream, after, wanted).events.length > 0
      if (!isThere && timeoutMs > 0) {
        const listen = (due: () => void) => call.cluster.subscribe(({ event }) => (kind ?? event) === event && due())
        return answerLater(call, timeoutMs, { listen, answer })
      }
      answer()
      return undefined
    },
  },
]

interface Wanted {
  readonly kind: string | undefined
  readonly limit: number
}

interface Page {
  readonly events: readonly BrokerEvent[]
  readonly next: number
}

function latest(stream: EventStream, { kind, limit }: Wanted): Page {
  const events = [...stream].filter(({ event }) => (kind ?? event) === event)
  return { events: limit === 0 ? [] : events.slice(-limit), next: stream.dropped + stream.length }
}

function following(stream: EventStream, after: number, { kind, limit }: Wanted): Page {
  const { dropped } = stream
  const end = dropped + stream.length
  // The cluster was reset meanwhile, and its events are counted anew.
  let next = Math.max(after > end ? 0 : after, dropped)
  const events: BrokerEvent[] = []
  for (const event of [...stream].slice(next - dropped)) {
    if (events.length === limit) break
    next++
    if ((kind ?? event.event) === event.event) events.push(event)
  }
  return { events, next }
}
