import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { ProducerError } from '../errors.ts'
import type { ProducerCore } from '../producer-core.ts'
import type { OnCompletion, ProducerRecord, RecordMetadata } from '../record.ts'
import type { ProducerEvent, Trace } from '../trace.ts'
import { plainPromise, promisedSend } from './promised-send.ts'

/** What is published on `harrow:producer:<event>`, such as `harrow:producer:batch-retried`. */
export interface ProducerEventMessage {
  readonly clientId: string
  readonly event: ProducerEvent
}

/**
 * The context of one `send` on the tracing channel `harrow:producer:send`. A subscriber of `start` may replace `record`,
 * for example by one with a trace context among its headers. One of the other two is there from `asyncStart` on.
 */
export interface SendContext {
  readonly clientId: string
  record: ProducerRecord<unknown, unknown>
  metadata?: RecordMetadata
  error?: ProducerError
}

const sends: TracingChannel<unknown, SendContext> = tracingChannel('harrow:producer:send')

/** Publishes every event on the channel of its name, as far as somebody subscribes to that. */
export function diagnosticsTrace(clientId: string): Trace {
  const channels = new Map<string, Channel>()
  return (event) => {
    let known = channels.get(event.event)
    if (known === undefined) {
      known = channel(`harrow:producer:${event.event}`)
      channels.set(event.event, known)
    }
    if (known.hasSubscribers) known.publish({ clientId, event } satisfies ProducerEventMessage)
  }
}

/** HOT. `promisedSend`, or, for whoever follows the tracing channel, its plain form. */
export function tracedPromise(
  core: ProducerCore,
  clientId: string,
  record: ProducerRecord<unknown, unknown>,
): Promise<RecordMetadata> {
  return sends.hasSubscribers ? followedPromise(core, clientId, record) : promisedSend(core, record)
}

/** HOT. `core.send`, with its story on the tracing channel. Without a subscriber it costs one look. */
export function tracedSend(
  core: ProducerCore,
  clientId: string,
  record: ProducerRecord<unknown, unknown>,
  onCompletion: OnCompletion,
): number {
  return sends.hasSubscribers ? followedSend(core, clientId, record, onCompletion) : core.send(record, onCompletion)
}

// Functions of their own: variables that a closure sees cost every call of a function, even where none is made.

function followedPromise(
  core: ProducerCore,
  clientId: string,
  record: ProducerRecord<unknown, unknown>,
): Promise<RecordMetadata> {
  return plainPromise((onCompletion) => followedSend(core, clientId, record, onCompletion))
}

function followedSend(
  core: ProducerCore,
  clientId: string,
  record: ProducerRecord<unknown, unknown>,
  onCompletion: OnCompletion,
): number {
  const context: SendContext = { clientId, record }
  return sends.start.runStores(context, () => {
    try {
      return core.send(context.record, (metadata, error) => {
        if (metadata !== undefined) context.metadata = metadata
        if (error !== undefined) {
          context.error = error
          sends.error.publish(context)
        }
        sends.asyncStart.runStores(context, () => onCompletion(metadata, error))
        sends.asyncEnd.publish(context)
      })
    } catch (error) {
      context.error = error as ProducerError
      sends.error.publish(context)
      throw error
    } finally {
      sends.end.publish(context)
    }
  })
}
