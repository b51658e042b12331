export {
  expectNoDuplicates,
  expectReceived,
  expectReceivedInOrder,
  expectSeenRequest,
  expectStored,
} from './assertions.ts'
export type { AnyCluster, CheckResult, ClusterView } from './check.ts'
export { eventually, type Patience } from './eventually.ts'
export { hasNoDuplicates } from './has-no-duplicates.ts'
export { hasReceived } from './has-received.ts'
export { hasReceivedInOrder } from './has-received-in-order.ts'
export { hasSeenRequest } from './has-seen-request.ts'
export { hasStored } from './has-stored.ts'
export { type KafkaMatchers, matchers } from './matchers.ts'
export type { RecordExpectation, RecordMatch } from './record-match.ts'
export { ControlRequestError, RemoteCluster, type RemoteFault, sharedCluster } from './remote-cluster.ts'
export { type ScenarioTest, type ScenarioTestOptions, scenarioTests } from './scenario-tests.ts'
