import { findCoordinator, type KafkaErrorRow, kafkaErrors } from '@harrow/protocol'
import { offsetsTopicName } from '../groups/offsets-topic.ts'
import type { Call, Handler } from './handler.ts'

/**
 * Who coordinates a group: the leader of its partition of `__consumer_offsets`, which is made when somebody asks for the
 * first time. Java: `KafkaApis.getCoordinator`. Transactions and share groups are not played, and this is how a broker
 * says "not now": clients try again.
 */
export const findCoordinatorHandler: Handler<typeof findCoordinator> = {
  api: findCoordinator,

  handle(request, call) {
    const keys = call.version >= manyKeysFrom ? request.coordinatorKeys : [request.key]
    const answers = keys.map((key) => {
      const found = call.injected?.error ?? coordinatorOf(key, request.keyType, call)
      if (!('host' in found)) return { key, ...nobody, errorCode: found.code, errorMessage: messageOf(found, call) }
      const { id: nodeId, host, port } = found
      return { key, nodeId, host, port, errorCode: 0, errorMessage: messageOf(kafkaErrors.NONE, call) }
    })
    const applied = answers.some(({ errorCode }) => errorCode === 0)
    if (call.version >= manyKeysFrom) return { do: 'answer', body: { coordinators: answers }, applied }
    const { key: _, ...body } = answers[0] ?? { key: '', ...nobody, errorCode: 0, errorMessage: '' }
    return { do: 'answer', body, applied }
  },
}

/** KIP-699. */
const manyKeysFrom = 4
/** KIP-932. */
const shareKeysFrom = 6

/** What brokers really say: the name of success while there is one key, and nothing since there are many. */
function messageOf(error: KafkaErrorRow, { version }: Call): string {
  if (version >= manyKeysFrom) return ''
  return error === kafkaErrors.NONE ? error.name : error.message
}

const nobody = { nodeId: -1, host: '', port: -1 }

/** What a key names. Java: `FindCoordinatorRequest.CoordinatorType`. */
const keyTypes = { group: 0, transaction: 1, share: 2 } as const

interface Coordinator {
  readonly id: number
  readonly host: string
  readonly port: number
}

function coordinatorOf(key: string, keyType: number, call: Call): Coordinator | KafkaErrorRow {
  const { cluster, view, node, connection, version } = call
  if (keyType === keyTypes.share && version < shareKeysFrom) return kafkaErrors.INVALID_REQUEST
  if (keyType !== keyTypes.group) {
    const what = keyType === keyTypes.transaction ? 'transactions are' : `key type ${keyType} is`
    const message = `FindCoordinator for "${key}": ${what} not played`
    cluster.find({ kind: 'unsupported', broker: node.id, connection, message })
    return kafkaErrors.COORDINATOR_NOT_AVAILABLE
  }
  if (cluster.topic(offsetsTopicName) === undefined) {
    // The next one who asks will have it.
    cluster.createOffsetsTopic({ broker: node.id, connection })
    return kafkaErrors.COORDINATOR_NOT_AVAILABLE
  }
  const index = cluster.groups.homeOf(key)?.index ?? 0
  const leaderId = view.topic(offsetsTopicName)?.partitions[index]?.leaderId ?? -1
  const leader = view.node(leaderId)
  return leader === undefined || leader.isFenced ? kafkaErrors.COORDINATOR_NOT_AVAILABLE : leader
}
