import { type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import type { Call } from './handler.ts'

/**
 * Why a request about a group is refused before anybody looks at the group, undefined if it is not. Java:
 * `GroupCoordinatorService`, `CoordinatorRuntime`.
 */
export function groupProblem(groupId: string, call: Call): KafkaErrorRow | undefined {
  if (call.injected !== undefined && !call.injected.afterAppend) return call.injected.error
  if (groupId === '') return kafkaErrors.INVALID_GROUP_ID
  return coordinatorProblem(groupId, call)
}

/** The same for requests that may name the empty group, for the sake of old clients: those about offsets. */
export function coordinatorProblem(groupId: string, call: Call): KafkaErrorRow | undefined {
  const { cluster, node } = call
  return cluster.groups.coordinates(node.id, groupId) ? undefined : kafkaErrors.NOT_COORDINATOR
}

/** Who asks, for findings. */
export function askedBy({ node, connection }: Call): { readonly broker: number; readonly connection: number } {
  return { broker: node.id, connection }
}
