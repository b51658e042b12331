import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BrokerHandle, ClusterAdmin, FaultHandle, MockCluster } from '../src/index.ts'

/**
 * What a test can do in TypeScript, and the operations that do it over HTTP. The types below have every public member, so
 * one that is added and not offered does not compile. A text in place of operations says why there is none.
 */
type Offered<T> = { readonly [Key in keyof T as Key extends string ? Key : never]: readonly string[] | string }

const ofCluster: Offered<MockCluster> = {
  stop: 'Whoever started the cluster stops it.',
  serveControl: 'It is what serves these operations.',
  admin: 'Below.',
  addBroker: ['addBroker'],
  removeBroker: ['removeBroker'],
  roll: ['roll'],
  bootstrapServers: ['describeCluster'],
  clusterId: ['describeCluster'],
  brokers: ['listBrokers'],
  requests: ['listRequests'],
  events: ['listEvents'],
  subscribe: ['listEvents'],
  findings: ['listFindings'],
  topics: ['listTopics', 'describeTopic'],
  broker: ['describeBroker'],
  createTopic: ['createTopic'],
  moveLeader: ['moveLeader'],
  leader: ['describePartition'],
  records: ['listRecords'],
  batches: ['listBatches'],
  offsets: ['describePartition'],
  delivery: ['judgeDelivery'],
  assertDelivered: ['judgeDelivery'],
  exportPcapng: ['exportPcapng'],
  exportJsonLines: ['exportJsonLines'],
  fault: ['addFault'],
  faults: ['listFaults', 'removeAllFaults'],
  assertFaultsConsumed: ['assertFaultsConsumed'],
  reset: ['reset'],
}

const ofAdmin: Offered<ClusterAdmin> = {
  partitions: ['describeTopic'],
  describe: ['describePartition'],
  moveLeader: ['moveLeader'],
  removeLeader: ['removeLeader'],
  electLeader: ['electLeader'],
  electUnclean: ['electUnclean'],
  shrinkIsr: ['shrinkIsr'],
  restoreIsr: ['restoreIsr'],
  setLag: ['setLag'],
  loseProducerState: ['loseProducerState'],
  freezeMetadata: ['freezeMetadata'],
  refreshMetadata: ['refreshMetadata'],
  skewClock: ['skewClock'],
  setLogDirOffline: ['setLogDirOffline'],
  deleteRecords: ['deleteRecords'],
  deleteTopic: ['deleteTopic'],
  recreateTopic: ['recreateTopic'],
  addPartitions: ['addPartitions'],
  addBroker: ['addBroker'],
  removeBroker: ['removeBroker'],
  setKafka: ['setKafka'],
  roll: ['roll'],
}

const ofBroker: Offered<BrokerHandle> = {
  id: ['describeBroker'],
  host: ['describeBroker'],
  port: ['describeBroker'],
  rack: ['describeBroker'],
  isRunning: ['describeBroker'],
  openConnections: ['describeBroker'],
  stop: ['stopBroker'],
  kill: ['killBroker'],
  start: ['startBroker'],
}

const ofFault: Offered<FaultHandle> = {
  name: ['describeFault'],
  hits: ['describeFault'],
  hit: ['waitForHits'],
  remove: ['removeFault'],
}

const operationIds = operations()

function operations(): string[] {
  const text = readFileSync(join(import.meta.dirname, '../schema/openapi.json'), 'utf8')
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { operationId: string }>> }
  return Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
}

const members = Object.entries({
  ...prefixed('cluster', ofCluster),
  ...prefixed('admin', ofAdmin),
  ...prefixed('broker', ofBroker),
  ...prefixed('fault', ofFault),
})

function prefixed(name: string, offered: Readonly<Record<string, readonly string[] | string>>) {
  return Object.fromEntries(Object.entries(offered).map(([key, how]) => [`${name}.${key}`, how]))
}

test.each(members)('control parity: %s is offered over HTTP, or there is a reason', (_member, how) => {
  if (typeof how === 'string') expect(how).toMatch(/\.$/)
  else for (const operation of how) expect(operationIds).toContain(operation)
})

test('control parity: every operation is something that TypeScript can do as well', () => {
  const offered = new Set(members.flatMap(([, how]) => how))
  expect(operationIds.filter((id) => !offered.has(id))).toEqual([])
})
