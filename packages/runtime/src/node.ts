export { nodeRuntime } from './node/runtime.ts'
export { tcpTransport } from './node/tcp.ts'
