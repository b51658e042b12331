import { parseDurationMs } from '@harrow/runtime'
import { type ControlCall, ControlError, type Parameter } from './route.ts'

/** A test that waits longer has forgotten that it does. */
const timeoutMaxMs = 600_000

/** How long a request waits for something to happen. */
export function timeoutParameter(fallback: string): Parameter {
  const doc = 'How long to wait: 500ms, 30s; at most 10m.'
  return { key: 'timeout', in: 'query', type: { is: 'string' }, doc, default: fallback }
}

/** @throws ControlError if it is no duration, or too long */
export function timeoutMsOf({ parameters }: ControlCall): number {
  const ms = parseDurationMs(
    /^\d+$/.test(String(parameters['timeout'])) ? Number(parameters['timeout']) : parameters['timeout'],
  )
  if (ms !== undefined && ms <= timeoutMaxMs) return ms
  throw new ControlError(422, 'timeout must be a duration of at most 10m, such as 500ms or 30s')
}

/**
 * Answers when `listen` says that the time has come, or when it is over; returns how to give up before. The answer goes out
 * in a turn of its own, so that everything that happens at once is there.
 */
export function answerLater(
  { clock }: ControlCall,
  timeoutMs: number,
  parts: { readonly listen: (due: () => void) => () => void; readonly answer: () => void },
): () => void {
  let cancel: () => void = () => {}
  let stopListening: () => void = () => {}
  const answer = (): void => {
    giveUp()
    parts.answer()
  }
  const giveUp = (): void => {
    cancel()
    stopListening()
  }
  cancel = clock.wakeAt(clock.nowMs() + timeoutMs, answer)
  stopListening = parts.listen(() => {
    giveUp()
    cancel = clock.wakeAt(clock.nowMs(), answer)
  })
  return giveUp
}
