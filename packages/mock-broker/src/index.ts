export * from './core.ts'
export { type BrokerHandle, type FaultHandle, MockCluster } from './mock-cluster.ts'
