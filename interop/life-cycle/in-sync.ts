import { decodeResponse, metadata } from '@harrow/protocol'
import { eventually } from '../eventually.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'

/** Until the broker at this port says that every partition has a leader and exactly these replicas in sync. */
export async function waitForInSync(port: number, topic: string, nodeIds: readonly number[]): Promise<void> {
  await using connection = await BrokerConnection.open('127.0.0.1', port)
  await eventually(`brokers ${nodeIds} to be in sync`, async () => {
    const frame = await connection.request(metadata, 12, { topics: [{ name: topic }] })
    const partitions = decodeResponse(metadata, 12, frame).body.topics[0]?.partitions ?? []
    return (
      partitions.length > 0 &&
      partitions.every(({ leaderId, isrNodes }) => {
        return nodeIds.includes(leaderId) && [...isrNodes].sort().join() === nodeIds.join()
      })
    )
  })
}
