import { type Api, apis } from '@harrow/protocol'
import { jarOf, kafkaClasspath } from '../kafka/classpath.ts'
import { type KafkaVersion, kafkaVersions, referenceKafka } from '../kafka/versions.ts'
import type { Part } from '../part.ts'
import type { InteropRun } from '../step.ts'
import { compareMessages } from './described-message.ts'
import { includes, parseVersions, readDefinition } from './kafka-definition.ts'
import { kafkaForm } from './kafka-form.ts'
import { ourForm } from './our-form.ts'

/** Judges `packages/protocol/src/apis` by the definitions from which Kafka generates its own classes. */
export const schemasPart: Part = {
  name: 'schemas',
  about: "our API descriptions say what Kafka's own message definitions say",
  async run(run) {
    for (const version of kafkaVersions) {
      await run.step(`definitions of Kafka ${version}`, async () => {
        const jar = jarOf(await kafkaClasspath(version), 'kafka-clients')
        const differences: string[] = []
        for (const api of Object.values(apis)) differences.push(...(await compareApi(run, api, version, jar)))
        if (differences.length > 0) throw new Error(differences.join('\n'))
      })
    }
  },
}

async function compareApi(run: InteropRun, api: Api, kafka: KafkaVersion, jar: string): Promise<string[]> {
  const differences: string[] = []
  const isReference = kafka === referenceKafka
  for (const side of ['request', 'response'] as const) {
    const message = `${api.name}${side === 'request' ? 'Request' : 'Response'}`
    const definition = await readDefinition(jar, message)
    if (definition.apiKey !== api.key) differences.push(`${message}: key is ${api.key}, Kafka: ${definition.apiKey}`)
    const valid = parseVersions(definition.validVersions)
    for (let version = api.versions.min; version <= api.versions.max; version++) {
      if (!includes(valid, version)) {
        // An older release need not know every version; the reference must.
        if (isReference) differences.push(`${message} v${version}: Kafka has ${definition.validVersions} only`)
        continue
      }
      const found = compareMessages(
        ourForm(api, side, version),
        kafkaForm(definition, version),
        isReference ? 'everything' : 'wire',
      )
      differences.push(...found.map((difference) => `${message} v${version}: ${difference}`))
    }
    if (isReference && side === 'request' && (valid.max > api.versions.max || valid.min < api.versions.min)) {
      run.say(`${api.name}: Kafka has ${definition.validVersions}, described ${api.versions.min}-${api.versions.max}`)
    }
  }
  return differences
}
