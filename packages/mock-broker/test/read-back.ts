import { fetch, readRecords, splitBatches } from '@harrow/protocol'
import { nodeCodecs } from '@harrow/protocol/node'
import { systemClock } from '@harrow/runtime'
import { tcpTransport } from '@harrow/runtime/node'
import type { MockCluster, StoredRecord } from '../src/index.ts'
import { RawClient } from './raw-client.ts'

/** Reads a partition from its leader over TCP with Fetch, as a consumer would, from offset 0 to the end. */
export async function readBack(cluster: MockCluster, topic: string, partition: number): Promise<StoredRecord[]> {
  const client = new RawClient(tcpTransport, cluster.broker(cluster.leader(topic, partition).id), systemClock.nowMs)
  const records: StoredRecord[] = []
  let fetchOffset = 0n
  for (;;) {
    const asked = { partition, fetchOffset, partitionMaxBytes: 1 << 20 }
    const body = { maxWaitMs: 0, minBytes: 1, maxBytes: 1 << 24, topics: [{ topic, partitions: [asked] }] }
    const id = client.send(fetch, 11, body)
    const answer = await client.answered(fetch, id)
    const found = answer.responses[0]?.partitions[0]
    if (found?.errorCode !== 0) throw new Error(`Fetch answers ${found?.errorCode}`)
    if (found.highWatermark === fetchOffset) break
    for (const batch of splitBatches(found.records ?? new Uint8Array()).batches) {
      const { producerId, producerEpoch, baseSequence, compression = 'none' } = batch
      for (const [index, record] of readRecords(batch, nodeCodecs).entries()) {
        const sequence = producerId < 0n ? -1 : baseSequence + index
        records.push({ topic, partition, ...record, producerId, producerEpoch, sequence, compression })
        fetchOffset = record.offset + 1n
      }
    }
  }
  client.link.close()
  return records
}
