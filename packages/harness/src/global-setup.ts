import { type ClusterOptions, MockCluster } from '@harrow/mock-broker'
import { controlUrlKey } from './testing/remote-cluster.ts'

export interface GlobalSetupOptions {
  /**
   * Environment variable that the application reads the brokers from (`host:port,host:port`), or what to set for a
   * cluster. It is set before any test file is loaded, and put back when all are done.
   */
  readonly env: string | ((cluster: MockCluster) => Readonly<Record<string, string>>)
  readonly cluster?: ClusterOptions
}

/** Stops the cluster. Rejects if a client asked for what it does not serve. */
export type Teardown = () => Promise<void>

const runningKey = Symbol.for('@harrow/harness: teardown of the global setup')

/** Jest may load the setup as an ES module and the teardown as CommonJS: two copies of this file, one process. */
const shared: { [runningKey]?: Teardown | undefined } = globalThis as { [runningKey]?: Teardown }

/**
 * For applications that read the address of Kafka when they are imported: one mock cluster for all test files, started
 * before any of them. The default export of a file that `globalSetup` of vitest or Jest names:
 *
 *     export default kafkaGlobalSetup({ env: 'KAFKA_BROKERS', cluster: { topics: { orders: 6 } } })
 *
 * Tests reach the cluster with `sharedCluster()`. vitest calls the teardown that it returns; Jest wants a file of its own
 * for that: `globalTeardown: '@harrow/harness/global-teardown'`.
 */
export function kafkaGlobalSetup(options: GlobalSetupOptions): () => Promise<Teardown> {
  return async () => {
    const cluster = await MockCluster.start(options.cluster)
    const { url } = await cluster.serveControl()
    const { env } = options
    const wanted = typeof env === 'string' ? { [env]: cluster.bootstrapServers } : env(cluster)
    const before = setEnvironment({ ...wanted, [controlUrlKey]: url })
    const teardown = async (): Promise<void> => {
      shared[runningKey] = undefined
      setEnvironment(before)
      await cluster.stop()
    }
    shared[runningKey] = teardown
    return teardown
  }
}

/** For runners that keep nothing of what a global setup returns. */
export async function kafkaGlobalTeardown(): Promise<void> {
  await shared[runningKey]?.()
}

/** What was there before. */
function setEnvironment(wanted: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const before: Record<string, string | undefined> = {}
  for (const [key, value] of Object.entries(wanted)) {
    before[key] = process.env[key]
    if (value === undefined) delete process.env[key]
    else process.env[key] = value
  }
  return before
}
