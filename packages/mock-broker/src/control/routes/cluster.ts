import type { ClusterCore } from '../../cluster-core.ts'
import type { Route } from '../route.ts'
import { schemaOf, wrapped } from '../schemas.ts'
import { brokerJson } from './brokers.ts'

export const clusterRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/cluster',
    operationId: 'describeCluster',
    summary: 'The cluster with its brokers and topics',
    answer: { status: 200, doc: 'The cluster.', schema: schemaOf('Cluster') },
    run: ({ cluster }, reply) => void reply({ status: 200, json: clusterJson(cluster) }),
  },
  {
    method: 'POST',
    path: '/v1/reset',
    operationId: 'reset',
    summary: 'Between two tests: no faults, journal, events or findings; topics as configured, empty and with new ids',
    answer: { status: 200, doc: 'The cluster as it is now.', schema: schemaOf('Cluster') },
    run({ cluster }, reply) {
      cluster.reset()
      reply({ status: 200, json: clusterJson(cluster) })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/findings',
    operationId: 'listFindings',
    summary: 'What went wrong on the wire: malformed frames, unknown APIs, limits reached',
    answer: { status: 200, doc: 'In the order in which they were noticed.', schema: wrapped('findings', 'Finding') },
    run: ({ cluster }, reply) => void reply({ status: 200, json: { findings: cluster.findings } }),
  },
]

export function clusterJson(cluster: ClusterCore): unknown {
  const { clusterId, bootstrapServers, topics, brokers } = cluster
  return { clusterId, bootstrapServers, brokers: brokers.map(({ id }) => brokerJson(cluster.broker(id))), topics }
}
