/** The file for Jest's `globalTeardown`: `globalTeardown: '@harrow/harness/global-teardown'`. */
export { kafkaGlobalTeardown as default } from './global-setup.ts'
