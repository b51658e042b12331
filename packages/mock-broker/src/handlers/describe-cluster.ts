import { describeCluster, kafkaErrors } from '@harrow/protocol'
import { authorizedOperations } from '../authorized-operations.ts'
import type { Handler } from './handler.ts'

/** The brokers, as this one knows them (KIP-700). */
export const describeClusterHandler: Handler<typeof describeCluster> = {
  api: describeCluster,

  handle(request, call) {
    const { view, random, cluster } = call
    const { endpointType, includeFencedBrokers, includeClusterAuthorizedOperations } = request
    const isForControllers = call.version >= endpointTypeFrom && endpointType !== brokers
    const error = call.injected?.error ?? (isForControllers ? wrongEndpoint(endpointType) : undefined)
    if (error !== undefined) {
      const nothing = { clusterId: '', brokers: [] }
      const body = { throttleTimeMs: 0, errorCode: error.code, errorMessage: error.message, ...nothing }
      return { do: 'answer', body, applied: false }
    }
    const live = view.availableNodes
    const fenced = includeFencedBrokers ? cluster.nodes.filter((node) => node.isFenced) : []
    const body = {
      throttleTimeMs: 0,
      errorCode: kafkaErrors.NONE.code,
      clusterId: cluster.clusterId,
      // With KRaft no broker is the controller, and each names any (M8).
      controllerId: live[random.below(Math.max(live.length, 1))]?.id ?? -1,
      brokers: [...live, ...fenced].map(({ id, host, port, rack, isFenced }) => ({
        brokerId: id,
        host,
        port,
        rack,
        ...(call.version >= fencedFrom ? { isFenced } : {}),
      })),
      ...(includeClusterAuthorizedOperations ? { clusterAuthorizedOperations: authorizedOperations.ofCluster } : {}),
    }
    return { do: 'answer', body, applied: true }
  },
}

/** First version that tells brokers from controllers (KIP-919). */
const endpointTypeFrom = 1
/** First version that names fenced brokers (KIP-1073). */
const fencedFrom = 2
const brokers = 1
const controllers = 2

function wrongEndpoint(endpointType: number) {
  return endpointType === controllers ? kafkaErrors.MISMATCHED_ENDPOINT_TYPE : kafkaErrors.UNSUPPORTED_ENDPOINT_TYPE
}
