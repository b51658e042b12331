import type { FaultKind } from './fault-kind.ts'

export interface BandwidthAction<Time = number, Bytes = number> {
  /** Bytes per second. */
  readonly bandwidth: Bytes
  readonly side?: 'request' | 'response' | 'both'
  readonly for?: Time
}

/** A thin line. Bytes wait their turn on this side of the socket, so the sender's own buffers fill. */
export const bandwidthFault: FaultKind<BandwidthAction> = {
  key: 'bandwidth',
  family: 'request',
  doc: 'Lets no more than so many bytes a second through the connection of the request, from its answer on.',
  fields: [
    {
      key: 'bandwidth',
      type: { is: 'size', min: 1, max: 2 ** 40 },
      doc: 'Bytes per second.',
      required: true,
    },
    {
      key: 'side',
      type: { is: 'one-of', values: ['request', 'response', 'both'] },
      doc: 'Which way: requests, answers, or each of them.',
      default: 'both',
    },
    { key: 'for', type: { is: 'duration' }, doc: 'For how long. Default: as long as the connection lives.' },
  ],
  example: {
    rule: { on: { api: 'Produce', nth: 1 }, do: { bandwidth: '16KiB', for: '2s' } },
    shows: 'The connection of the first Produce carries 16 KiB a second each way, for two seconds.',
  },
  scope: 'request',
  stage: () => 'before',
  run(action, step) {
    step.during(action.for, step.connection().limitBandwidth(action.bandwidth, action.side ?? 'both'))
    step.next()
  },
}
