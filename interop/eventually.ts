import { setTimeout as sleep } from 'node:timers/promises'

const patienceMs = 60_000

/** Asks again and again; throws when it is not so after a minute. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + patienceMs
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${patienceMs} ms for ${what}`)
    await sleep(20)
  }
}
