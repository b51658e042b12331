import type { Broker } from './broker.ts'
import type { Cluster } from './cluster.ts'
import type { ClusterControl } from './faults/fault-kind.ts'

/** What faults can do to a cluster. A rule may ask for what cannot be done, at any time: that is found, not thrown. */
export function clusterControl(cluster: Cluster, brokers: () => readonly Broker[]): ClusterControl {
  const impossible = (message: string): void => {
    cluster.find({ kind: 'unsupported', broker: 0, connection: 0, message: `a fault could not act: ${message}` })
  }
  const broker = (id: number): Broker | undefined => {
    const found = brokers().find(({ node }) => node.id === id)
    if (found === undefined) impossible(`there is no broker ${id}`)
    return found
  }
  return {
    brokerIds: () => cluster.nodes.map(({ id }) => id),
    stopBroker: (id, how) => broker(id)?.stop(how, () => {}),
    startBroker: (id) => broker(id)?.start((error) => error && impossible(error.message)),
    refuseConnections: (id, refuse) => broker(id)?.refuse(refuse, (error) => impossible(error.message)),
    moveLeader: ({ topic, partition: index, to }) => {
      const partition = cluster.partition(topic, index)
      if (partition === undefined) return impossible(`there is no ${topic} ${index}`)
      if (cluster.controller.moveLeader(partition, to) === undefined) impossible(`nobody can lead ${topic} ${index}`)
    },
    leaderOf: (topic, partition) => cluster.partition(topic, partition)?.leaderId,
  }
}
