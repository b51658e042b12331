import type { Probe } from '../probe.ts'

const every = { min: 0, max: 5 } as const
const withId = { min: 3, max: 5 } as const

function ask(row: string, name: string, body: object, versions: Probe['versions'] = every): Probe {
  const whole = { transactionalId: null, transactionTimeoutMs: 60_000, ...body }
  return { row, name, versions, steps: [{ ask: 'InitProducerId', body: whole }] }
}

/** I: InitProducerId. */
export const producerIdProbes: readonly Probe[] = [
  {
    row: 'I1',
    name: 'fresh ids',
    versions: every,
    steps: [1, 2].map(() => ({ ask: 'InitProducerId', body: { transactionalId: null, transactionTimeoutMs: 60_000 } })),
  },
  ask('I1', 'a timeout of zero does not matter without a transactional id', { transactionTimeoutMs: 0 }),
  ask('I1', 'nor does a negative one', { transactionTimeoutMs: -5 }),
  ask('I3', 'an id without an epoch', { producerId: 5n }, withId),
  ask('I3', 'an epoch without an id', { producerEpoch: 5 }, withId),
  ask('I4', 'an id and an epoch without a transactional id', { producerId: 5n, producerEpoch: 3 }, withId),
  ask('I5', 'an empty transactional id', { transactionalId: '' }),
  ask('I6', 'a timeout over 15 minutes', { transactionalId: 'tx', transactionTimeoutMs: 900_001 }),
  ask('I6', 'a timeout of zero', { transactionalId: 'tx', transactionTimeoutMs: 0 }),
]
