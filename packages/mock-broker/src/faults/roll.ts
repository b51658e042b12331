import { type KafkaReleaseName, kafkaReleaseNames } from '../kafka-releases.ts'
import type { FaultKind } from './fault-kind.ts'

export interface RollAction<Time = number> {
  readonly roll: 'all' | readonly number[]
  readonly down?: Time
  readonly pause?: Time
  readonly to?: KafkaReleaseName
  readonly ports?: 'kept' | 'new'
}

const downMsDefault = 1_000
const pauseMsDefault = 1_000

/** A rolling restart, as of an upgrade: each broker shuts down in good order and comes back before the next one goes. */
export const rollFault: FaultKind<RollAction> = {
  key: 'roll',
  family: 'cluster',
  doc: 'Restarts brokers one after another.',
  fields: [
    {
      key: 'roll',
      type: {
        is: 'any-of',
        types: [
          { is: 'one-of', values: ['all'] },
          { is: 'list', of: { is: 'integer', min: 0, max: 2 ** 31 - 1 } },
        ],
      },
      doc: '`all`, or node ids in the order in which they go.',
      required: true,
    },
    { key: 'down', type: { is: 'duration' }, doc: 'How long each is away.', default: '1s' },
    {
      key: 'pause',
      type: { is: 'duration' },
      doc: 'Between the return of one and the shutdown of the next.',
      default: '1s',
    },
    {
      key: 'to',
      type: { is: 'one-of', values: kafkaReleaseNames },
      doc: 'Each comes back as this release of Kafka: a rolling upgrade, or downgrade.',
    },
    {
      key: 'ports',
      type: { is: 'one-of', values: ['kept', 'new'] },
      doc: '`new`: each comes back at another port, as containers do.',
      default: 'kept',
    },
  ],
  example: {
    rule: { at: '100ms', do: { roll: 'all', down: '300ms', pause: '200ms' } },
    shows: 'Brokers 1, 2 and 3 are away for 300 ms each, one after another, from 100 ms on.',
  },
  scope: 'cluster',
  takesLeadership: true,
  stage: () => 'before',
  run(action, step) {
    const { control } = step
    const { down = downMsDefault, pause = pauseMsDefault, to, ports } = action
    const goOn = (ids: readonly number[]): void => {
      const [id, ...rest] = ids
      if (id === undefined) return
      control.stopBroker(id, 'fin')
      step.later(down, () => {
        if (to !== undefined) step.administer((admin) => admin.setKafka(id, to))
        control.startBroker(id, { atNewPort: ports === 'new' })
        if (rest.length > 0) step.later(pause, () => goOn(rest))
      })
    }
    goOn(action.roll === 'all' ? control.brokerIds() : action.roll)
    step.next()
  },
}
