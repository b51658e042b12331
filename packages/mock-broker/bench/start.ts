/**
 * How long a cluster of three brokers takes to start in this process, and to stop:
 *
 *     npx tsx --conditions=@harrow/source packages/mock-broker/bench/start.ts
 */
import { MockCluster } from '@harrow/mock-broker'

const times = { first: 0, start: [] as number[], stop: [] as number[] }
for (let round = 0; round < 301; round++) {
  const beginMs = performance.now()
  const cluster = await MockCluster.start({ brokers: 3, topics: { orders: 6 } })
  const startedMs = performance.now()
  await cluster.stop()
  if (round === 0) times.first = startedMs - beginMs
  else {
    times.start.push(startedMs - beginMs)
    times.stop.push(performance.now() - startedMs)
  }
}
const shown = (name: 'start' | 'stop'): string => {
  const sorted = times[name].toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2)
  return `${name}: median ${at(0.5)} ms, 99 of 100 below ${at(0.99)} ms`
}
process.stdout.write(`first start: ${times.first.toFixed(2)} ms\n${shown('start')}\n${shown('stop')}\n`)
