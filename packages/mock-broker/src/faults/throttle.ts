import { throttlesAfterAnswering } from '@harrow/protocol'
import type { FaultKind } from './fault-kind.ts'
import { wholeAnswer } from './whole-answer.ts'

export interface ThrottleAction<Time = number> {
  readonly throttle: Time
  readonly mute?: boolean
}

/** A quota that was passed (KIP-13, KIP-124), as a broker enforces it: in old versions by answering late (KIP-219). */
export const throttleFault: FaultKind<ThrottleAction> = {
  key: 'throttle',
  family: 'response',
  doc: 'Answers with a throttle time, and takes no further request of the connection until it is over. Versions from before KIP-219 are answered only when it is over.',
  fields: [
    { key: 'throttle', type: { is: 'duration' }, doc: 'The throttle time that the answer tells.', required: true },
    {
      key: 'mute',
      type: { is: 'boolean' },
      doc: 'false: only tells it, and goes on reading, as a broker does that trusts its clients.',
      default: true,
    },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { throttle: '500ms' } },
    shows:
      'The first Produce is applied and answered with `throttle_time_ms` 500; what comes behind it waits for half a second.',
  },
  scope: 'request',
  stage: () => 'after',
  run(action, step) {
    const { api, version } = step.answers()
    const throttleTimeMs = Math.round(action.throttle)
    step.edit(({ body }) => ({ ...body, throttleTimeMs }))
    if (action.mute === false) step.next()
    else if (!throttlesAfterAnswering(api, version)) step.later(action.throttle, () => step.next())
    else {
      step.deliver((frame) => ({ ...wholeAnswer(frame), muteMs: action.throttle }))
      step.next()
    }
  },
}
