/**
 * Our mock cluster as the sink of a bench: `node mock.mjs <brokers> <partitions> <full|headers>`. Its logs hold 32 MiB in
 * all; the oldest go, as librdkafka's mock keeps 5 MiB a partition.
 */
import { MockCluster } from '@harrow/mock-broker'

const [brokers = '3', partitions = '6', validation = 'full'] = process.argv.slice(2)
const cluster = await MockCluster.start({
  brokers: Number(brokers),
  topics: { bench: Number(partitions) },
  validation: validation === 'headers' ? 'headers' : 'full',
  logBytesMax: '32MiB',
  logOverflow: 'delete-oldest',
  journalOverflow: 'drop',
})
process.stdout.write(`${JSON.stringify({ bootstrap: cluster.bootstrapServers })}\n`)
process.stdin.resume()
process.stdin.on('end', () => process.exit())
