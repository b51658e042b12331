import { decodeResponse, metadata } from '@harrow/protocol'
import { eventually } from '../eventually.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'

/** Until the broker at this port says that every partition has exactly these replicas in sync, and one of them leads. */
export async function waitForInSync(port: number, topic: string, nodeIds: readonly number[]): Promise<void> {
  await using connection = await BrokerConnection.open('127.0.0.1', port)
  await eventually(`brokers ${nodeIds} to be in sync`, async () => {
    const partitions = await partitionsOf(connection, topic)
    const isWhole = partitions.every(({ leaderId, isrNodes }) => {
      return nodeIds.includes(leaderId) && [...isrNodes].sort().join() === nodeIds.join()
    })
    return partitions.length > 0 && isWhole
  })
}

/** Who leads a partition of this topic. */
export async function leadersOf(port: number, topic: string): Promise<ReadonlySet<number>> {
  await using connection = await BrokerConnection.open('127.0.0.1', port)
  return new Set((await partitionsOf(connection, topic)).map(({ leaderId }) => leaderId))
}

async function partitionsOf(connection: BrokerConnection, topic: string) {
  const frame = await connection.request(metadata, 12, { topics: [{ name: topic }] })
  // A broker that has just come back may not know the topic yet.
  return decodeResponse(metadata, 12, frame).body.topics[0]?.partitions ?? []
}
