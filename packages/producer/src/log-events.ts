import type { Logger } from './logger.ts'
import type { ProducerEvent, Trace } from './trace.ts'

type Level = keyof Logger

/** How to say an event, and how loud. Undefined: it is nothing to log. */
function lineOf(event: ProducerEvent): readonly [Level, string] | undefined {
  switch (event.event) {
    case 'connection-lost':
      // A connection that was not used is closed for tidiness, and one that was is expected to come back.
      return event.because === 'idle' ? undefined : ['info', `connection to node ${event.node} lost: ${event.because}`]
    case 'metadata-failed':
      return ['warn', `no metadata: ${event.because}`]
    case 'batch-retried':
      return ['info', `${event.topic}-${event.partition}: ${event.because}, sent again in ${event.afterMs} ms`]
    // The application is told by its callbacks, so these two are not warnings.
    case 'batch-expired':
      return ['info', `${event.topic}-${event.partition}: ${event.records} record(s) not delivered in time`]
    case 'batch-failed':
      return ['info', `${event.topic}-${event.partition}: ${event.records} record(s) failed: ${event.because}`]
    case 'epoch-bumped':
      return ['info', `producer epoch bumped to ${event.epoch}`]
    case 'fatal':
      return ['error', `nothing can be sent any more: ${event.because}`]
    case 'closed':
      return event.forced ? ['warn', 'closed before everything was sent'] : ['info', 'closed']
    default:
      return undefined
  }
}

/** The log as a fold over the trace. */
export function loggingTrace(logger: Logger, clientId: string): Trace {
  return (event) => {
    const line = lineOf(event)
    if (line === undefined) return
    const [level, message] = line
    logger[level]?.({ ...event, clientId }, message)
  }
}
