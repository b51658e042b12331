export type { BrokerHandle } from './broker-handle.ts'
export { type ControlServer, type ControlServerOptions, serveControl } from './control/server.ts'
export * from './core.ts'
export { type FaultHandle, MockCluster } from './mock-cluster.ts'
