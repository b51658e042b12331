import { type ClusterOptions, MockCluster } from '@harrow/mock-broker'
import { Producer, type ProducerConfig } from '@harrow/producer'
import { test as base, describe, expect } from 'vitest'
import { type KafkaMatchers, matchers } from './testing/matchers.ts'
import { type ScenarioTestOptions, scenarioTests } from './testing/scenario-tests.ts'

export * from './testing/index.ts'
export { expect }

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: a merged declaration has the type parameters of the original.
  interface Matchers<T = any> extends KafkaMatchers<Promise<void>> {}
}

expect.extend(matchers)

export interface KafkaFixtures {
  /** Override with `test.override` or `test.extend({ clusterOptions: { brokers: 3 } })`. */
  clusterOptions: ClusterOptions
  /**
   * A mock cluster for this test alone. After the test it fails it if a fault rule never fired, which is the most common
   * false green, or if a client sent what no broker understands; then it stops.
   */
  cluster: MockCluster
  /** Override as `clusterOptions`. `bootstrap.servers` is filled in. */
  producerConfig: Partial<ProducerConfig>
  /** A harrow producer that talks to `cluster`; closed before the cluster is. */
  producer: Producer
}

/** vitest's `test` with a cluster and a producer in its context; they start only if the test asks for them. */
export const test = base.extend<KafkaFixtures>({
  clusterOptions: {},
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern.
  producerConfig: async ({}, use) => use({}),
  cluster: async ({ clusterOptions }, use) => {
    const cluster = await MockCluster.start(clusterOptions)
    try {
      await use(cluster)
      cluster.assertFaultsConsumed()
      expect(cluster.findings, 'what clients sent and no broker understands').toEqual([])
    } finally {
      await cluster.stop()
    }
  },
  producer: async ({ cluster, producerConfig }, use) => {
    const producer = new Producer({ 'bootstrap.servers': cluster.bootstrapServers, ...producerConfig })
    try {
      await use(producer)
    } finally {
      await producer.close({ timeoutMs: 1_000 })
    }
  },
})

export const it: typeof test = test

/**
 * Turns scenario files into tests, one per file and world: `await describeScenarios('scenarios')`. Rejects if a file is
 * invalid or a pattern finds none.
 */
export async function describeScenarios(
  patterns: string | readonly string[],
  options: ScenarioTestOptions & { readonly timeoutMs?: number } = {},
): Promise<void> {
  const tests = await scenarioTests(patterns, options)
  describe('scenarios', () => {
    for (const { name, run } of tests) base(name, run, options.timeoutMs ?? 30_000)
  })
}
