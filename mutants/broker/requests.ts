import type { Mutant } from '../mutant.ts'

const produce = 'packages/mock-broker/src/handlers/produce.ts'
const metadata = 'packages/mock-broker/src/handlers/metadata.ts'
const producerId = 'packages/mock-broker/src/handlers/init-producer-id.ts'
const connection = 'packages/mock-broker/src/connection.ts'
const produceRules = ['packages/mock-broker/test/rules-produce.test.ts']
const clusterRules = ['packages/mock-broker/test/rules-cluster.test.ts']
const frameRules = ['packages/mock-broker/test/rules-frames.test.ts']

/** Rules F, P, I and M: frames, Produce requests, producer ids, metadata. */
export const requestRuleMutants: readonly Mutant[] = [
  {
    name: 'broker-writes-where-it-does-not-lead',
    file: produce,
    find: 'if (partition.leaderId !== node.id) return refused(kafkaErrors.NOT_LEADER_OR_FOLLOWER)',
    replace: '',
    mirrors: 'librdkafka #4953: writes around a leader transition',
    caughtBy: [...produceRules, 'packages/mock-broker/test/rules-batches.test.ts'],
  },
  {
    name: 'broker-writes-below-min-isr',
    file: produce,
    find: 'if (acks === -1 && partition.isUnderMinIsr) {',
    replace: 'if (acks === -2 && partition.isUnderMinIsr) {',
    mirrors: 'min.insync.replicas: NOT_ENOUGH_REPLICAS before the append',
    caughtBy: [
      'packages/mock-broker/test/rules-batches.test.ts',
      'packages/mock-broker/test/rules-replication.test.ts',
    ],
  },
  {
    name: 'broker-answers-acks-0',
    file: produce,
    find: "if (failed === undefined) return { do: 'no-answer', applied }",
    replace: "if (failed === undefined) return { do: 'answer', body: { responses: [], nodeEndpoints: [] }, applied }",
    mirrors: 'kfake d990b5f8: a mock and acks=0',
    caughtBy: produceRules,
  },
  {
    name: 'broker-hides-the-failure-of-acks-0',
    file: produce,
    find: "return { do: 'close', because, applied }\n  }\n  const topics",
    replace: "return { do: 'no-answer', applied: because === '' }\n  }\n  const topics",
    mirrors: 'P8: closing is the only way to tell a client that expects no answer',
    caughtBy: produceRules,
  },
  {
    name: 'broker-takes-any-acks',
    file: produce,
    find: 'return acks === -1 || acks === 0 || acks === 1',
    replace: 'return acks >= -1',
    mirrors: 'P4: INVALID_REQUIRED_ACKS',
    caughtBy: produceRules,
  },
  {
    name: 'broker-answers-acks-all-at-once',
    file: produce,
    find: 'if (request.acks === -1 && result.requiredOffset !== undefined) {',
    replace: 'if (request.acks === -2 && result.requiredOffset !== undefined) {',
    mirrors: 'Bufstream (Jepsen): acknowledged before it is replicated',
    caughtBy: ['packages/mock-broker/test/rules-replication.test.ts'],
  },
  {
    name: 'broker-hints-always',
    file: produce,
    find: 'call.version >= leaderHintsFrom\n',
    replace: 'call.version >= 0\n',
    mirrors: 'KIP-951: hints from version 10 on',
    caughtBy: produceRules,
    equivalent: 'the encoder leaves fields of a later version out of the answer by the description of the API',
  },
  {
    name: 'broker-never-hints',
    file: produce,
    find: 'const leaderHintsFrom = 10',
    replace: 'const leaderHintsFrom = 100',
    mirrors: 'KIP-951: the answer names the new leader',
    caughtBy: [...produceRules, ...clusterRules],
  },
  {
    name: 'broker-takes-transactional-batches',
    file: produce,
    find: 'if (request.transactionalId === null) return refusal(0, kafkaErrors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)',
    replace: '',
    mirrors: 'P2: a transactional batch without a transactional id',
    caughtBy: produceRules,
  },
  {
    name: 'broker-gives-one-id-twice',
    file: producerId,
    find: 'const producerId = call.cluster.producerIds.next(call.node.id)',
    replace: 'const producerId = call.cluster.producerIds.next(call.node.id) / 2n',
    mirrors: 'I1: producer ids are unique in the cluster',
    caughtBy: clusterRules,
  },
  {
    name: 'broker-takes-half-an-identity',
    file: producerId,
    find: 'const isPairBroken = (request.producerId === -1n) !== (request.producerEpoch === -1)',
    replace: 'const isPairBroken = false',
    mirrors: 'I3: an id without an epoch',
    caughtBy: clusterRules,
  },
  {
    name: 'broker-creates-and-answers-at-once',
    file: metadata,
    find: 'if (mayCreate && call.cluster.config.autoCreateTopics) create(topic, call)',
    replace: 'if (call.cluster.config.autoCreateTopics) create(topic, call)',
    mirrors: "M4: allowAutoTopicCreation is the client's to say",
    caughtBy: clusterRules,
  },
  {
    name: 'broker-answers-repeated-topics-twice',
    file: metadata,
    find: 'return [...new Map(topics.map((topic) =>',
    replace: 'return [...topics]\n  return [...new Map(topics.map((topic) =>',
    mirrors: 'M9: a topic that is asked for twice is answered once',
    caughtBy: clusterRules,
  },
  {
    name: 'broker-names-leaderless-partitions-without-error',
    file: metadata,
    find: 'const leaderless = partition.leaderId === -1 ? kafkaErrors.LEADER_NOT_AVAILABLE : kafkaErrors.NONE',
    replace: 'const leaderless = partition.leaderId < -1 ? kafkaErrors.LEADER_NOT_AVAILABLE : kafkaErrors.NONE',
    mirrors: 'M5: LEADER_NOT_AVAILABLE',
    caughtBy: clusterRules,
  },
  {
    name: 'broker-reads-on-while-busy',
    file: connection,
    find: "while (this.state === 'open' && !this.isBusy && ",
    replace: "while (this.state === 'open' && ",
    mirrors: 'F6: one request at a time on a connection',
    caughtBy: frameRules,
  },
]
