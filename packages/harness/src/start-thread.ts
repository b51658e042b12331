import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/**
 * A thread that runs a file of this package. From source that is `source`, through tsx, which does not reach into threads
 * by itself on Node 20; built it is `built`, beside the command.
 */
export function startThread(source: URL, built: string, workerData?: unknown): Worker {
  if (!existsSync(source)) return new Worker(new URL(built, import.meta.url), { workerData })
  return new Worker(new URL('./thread-from-source.mjs', import.meta.url), { workerData, argv: [source.href] })
}
