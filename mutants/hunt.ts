import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { bundled } from './bundled.ts'
import type { HuntReport, HuntTask } from './hunt-thread.ts'
import { mutatedProducer } from './mutated-cores.ts'

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

/** Where hunting threads find what they run. The explorer is bundled once for all of them: loaded from source it takes a second. */
export class HuntingGround {
  private readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(): Promise<HuntingGround> {
    const ground = new HuntingGround(mkdtempSync(join(tmpdir(), 'harrow-hunt-')))
    ground.write('thread', await bundled('mutants/hunt-thread.ts'))
    return ground
  }

  /** Writes a module, and returns its URL. */
  write(name: string, text: string): URL {
    writeFileSync(join(this.folder, `${name}.mjs`), text)
    return this.urlOf(name)
  }

  urlOf(name: string): URL {
    return pathToFileURL(join(this.folder, `${name}.mjs`))
  }

  close(): void {
    rmSync(this.folder, { recursive: true })
  }
}

/**
 * Explores with a bug planted in the producer until a law is broken, or the seeds are used up. On a thread of its own, so
 * that a producer that never returns from one call is found out too: nothing within its thread could.
 */
export async function hunt(
  name: string,
  { ground, from = 1, seeds }: { readonly ground: HuntingGround; readonly from?: number; readonly seeds: number },
): Promise<Hunt> {
  const startMs = performance.now()
  const producer = ground.write(name, await mutatedProducer(name))
  return new Promise((resolve, reject) => {
    const task: HuntTask = { producer: producer.href, from, seeds }
    const thread = new Worker(ground.urlOf('thread'), { workerData: task })
    let over = from - 1
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
