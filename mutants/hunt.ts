import { startThread } from '../packages/harness/src/start-thread.ts'
import type { HuntReport, HuntTask } from './hunt-thread.ts'

/** A seed takes milliseconds, and a run that never ends by itself is cut short in seconds: this one does not even step. */
const silenceMsMax = 60_000

export interface Hunt {
  /** The first seed that breaks a law; undefined if none did. */
  readonly seed: number | undefined
  /** All laws that it breaks. */
  readonly laws: readonly string[]
  /** Seeds explored, from 1. */
  readonly seeds: number
  readonly tookMs: number
}

/**
 * Explores with a bug planted in the producer until a law is broken, or the seeds are used up. On a thread of its own, so
 * that a producer that never returns from one call is found out too: nothing within its thread could.
 */
export function hunt(name: string, limits: { readonly seeds: number }): Promise<Hunt> {
  const startMs = performance.now()
  const { seeds } = limits
  return new Promise((resolve, reject) => {
    const task: HuntTask = { name, seeds }
    const thread = startThread(new URL('./hunt-thread.ts', import.meta.url), './hunt-thread.mjs', task)
    let over = 0
    let find: HuntReport | undefined
    const spins = (): void => {
      find = { seed: over + 1, laws: ['LIVE'] }
      void thread.terminate()
    }
    let watchdog = setTimeout(spins, silenceMsMax)
    thread.on('message', (report: HuntReport) => {
      over = report.seed
      if (report.laws.length > 0) find = report
      clearTimeout(watchdog)
      watchdog = setTimeout(spins, silenceMsMax)
    })
    thread.on('error', reject)
    thread.on('exit', () => {
      clearTimeout(watchdog)
      const { seed, laws = [] } = find ?? {}
      resolve({ seed, laws, seeds: seed ?? over, tookMs: performance.now() - startMs })
    })
  })
}
