import { type KafkaMatchers, matchers } from './testing/matchers.ts'

export * from './testing/index.ts'

/** `expect.extend(kafkaMatchers)` in a file of `setupFilesAfterEnv`, or at the top of a test. */
export const kafkaMatchers: typeof matchers = matchers

// Jest's own types are global: nothing of it is imported, so this file loads without Jest.
declare global {
  namespace jest {
    interface Matchers<R> extends KafkaMatchers<Promise<R>> {}
  }
}
