import type { Broker } from './broker.ts'
import type { Cluster } from './cluster.ts'
import type { ClusterAdmin } from './cluster-admin.ts'
import type { ClusterControl } from './faults/fault-kind.ts'

/** What faults can do to a cluster. A rule may ask for what cannot be done, at any time: that is found, not thrown. */
export function clusterControl(
  cluster: Cluster,
  brokers: () => readonly Broker[],
  admin: () => ClusterAdmin,
): ClusterControl {
  const impossible = (message: string): void => {
    cluster.find({ kind: 'unsupported', broker: 0, connection: 0, message: `a fault could not act: ${message}` })
  }
  const broker = (id: number): Broker | undefined => {
    const found = brokers().find(({ node }) => node.id === id)
    if (found === undefined) impossible(`there is no broker ${id}`)
    return found
  }
  return {
    admin,
    brokerIds: () => cluster.nodes.map(({ id }) => id),
    stopBroker: (id, how) => broker(id)?.stop(how, () => {}),
    startBroker: (id, options) => broker(id)?.start((error) => error && impossible(error.message), options),
    refuseConnections: (id, refuse) => broker(id)?.refuse(refuse, (error) => impossible(error.message)),
    cutOff: (id, side) => broker(id)?.cutOff(side) ?? (() => {}),
    leaderOf: (topic, partition) => cluster.partition(topic, partition)?.leaderId,
  }
}
