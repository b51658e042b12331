export { type ControlServer, type ControlServerOptions, serveControl } from './control/server.ts'
export * from './core.ts'
export { type BrokerHandle, type FaultHandle, MockCluster } from './mock-cluster.ts'
