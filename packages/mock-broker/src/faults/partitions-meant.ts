import type { ClusterAdmin, PartitionName } from '../cluster-admin.ts'
import type { Field } from '../field.ts'
import type { FaultStep } from './fault-kind.ts'

/** How a rule names partitions: one, or all of a topic. */
export interface PartitionsMeant {
  readonly topic: string
  readonly partition?: number
}

export const partitionsFields: readonly Field[] = [
  { key: 'topic', type: { is: 'string' }, doc: 'Topic name.', required: true },
  {
    key: 'partition',
    type: { is: 'integer', min: 0, max: 2 ** 31 - 1 },
    doc: 'Its number. Default: every partition of the topic.',
  },
]

/** Those that exist. That there is none is found. */
export function forEachPartition(
  meant: PartitionsMeant,
  step: FaultStep,
  act: (admin: ClusterAdmin, name: PartitionName) => void,
): void {
  step.administer((admin) => {
    for (const name of admin.partitions(meant.topic, meant.partition)) act(admin, name)
  })
}
