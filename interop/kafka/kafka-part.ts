import { apiVersions, decodeResponse } from '@harrow/protocol'
import type { Part } from '../part.ts'
import { BrokerConnection } from '../wire/broker-connection.ts'
import { KafkaCluster } from './kafka-cluster.ts'
import { kafkaVersions } from './versions.ts'

/** Says whether the judge itself can be had: everything else leans on this. */
export const kafkaPart: Part = {
  name: 'kafka',
  about: 'real brokers start, answer and stop',
  async run(run) {
    for (const version of kafkaVersions) {
      for (const brokers of version === kafkaVersions[0] ? [1, 3] : [1]) {
        await run.step(`Kafka ${version}, ${brokers} broker(s)`, async () => {
          await using cluster = await KafkaCluster.start({ version, brokers })
          for (const { host, port } of cluster.addresses) {
            await using connection = await BrokerConnection.open(host, port)
            const frame = await connection.request(apiVersions, 0, {})
            const { body } = decodeResponse(apiVersions, 0, frame)
            if (body.errorCode !== 0 || body.apiKeys.length < 30) {
              throw new Error(`odd ApiVersions answer: error ${body.errorCode}, ${body.apiKeys.length} APIs`)
            }
          }
        })
      }
    }
  },
}
