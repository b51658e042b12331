import { KafkaCluster } from '../kafka/kafka-cluster.ts'
import { type KafkaVersion, kafkaVersions, referenceKafka } from '../kafka/versions.ts'
import type { Part } from '../part.ts'
import { compareRecordings, differenceText } from './compare.ts'
import { knownDifferences } from './differences.ts'
import { probes } from './probes/index.ts'
import { searchForDifference } from './random-batches.ts'
import { recordMock } from './record-mock.ts'
import { type Recording, record } from './recording.ts'
import { readTranscripts, writeTranscripts } from './transcript-files.ts'

/** Asks real brokers what `pnpm test` asks the mock. */
export const conformancePart: Part = {
  name: 'conformance',
  about: 'real brokers say what the committed transcripts say, and so does the mock',
  async run(run) {
    // The older release is only a column of a table: asked when the table is made.
    for (const version of run.refresh ? kafkaVersions : [referenceKafka]) {
      await run.step(`Apache Kafka ${version} says what its transcript says`, async () => {
        const recording = await recordKafka(version)
        if (run.refresh) writeTranscripts(version, recording)
        else mustAgree(readTranscripts(version), recording)
      })
    }
    await run.step(`the mock says what Apache Kafka ${referenceKafka} says`, async () => {
      const mock = compareRecordings(readTranscripts(referenceKafka), await recordMock())
      const explained = new Set(knownDifferences.map(({ probe }) => probe))
      const unexplained = mock.filter((each) => each.differing.length > 0 && !explained.has(each.probe))
      if (unexplained.length > 0) throw new Error(unexplained.map(differenceText).join('\n'))
      if (run.refresh) run.say('now `npx vitest run interop -u` writes docs/fidelity.md')
    })
    await run.step(
      `fast-check finds no batches to which Apache Kafka ${referenceKafka} and the mock differ`,
      async () => {
        await using cluster = await KafkaCluster.start({ version: referenceKafka, properties: manyPartitions })
        const seed = Number(process.env['HARROW_INTEROP_SEED'] ?? 1)
        run.say(`seed ${seed}`)
        const agreed = await searchForDifference(cluster.addresses[0]!, seed)
        run.say(`${agreed} sequences of batches, every answer alike`)
      },
    )
  },
}

/** Thousands of partitions that hold next to nothing. */
const manyPartitions = { 'log.index.size.max.bytes': 4096 }

function mustAgree(expected: Recording, found: Recording): void {
  const differing = compareRecordings(expected, found).filter((each) => each.differing.length > 0)
  if (differing.length > 0) throw new Error(differing.map(differenceText).join('\n'))
}

async function recordKafka(version: KafkaVersion): Promise<Recording> {
  await using cluster = await KafkaCluster.start({ version, properties: manyPartitions })
  return await record(`Apache Kafka ${version}`, cluster.addresses[0]!, probes)
}
