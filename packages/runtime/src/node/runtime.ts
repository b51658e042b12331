import { randomInt } from 'node:crypto'
import { seededRandom } from '../random.ts'
import type { Runtime } from '../runtime.ts'
import { systemClock } from '../system-clock.ts'
import { tcpTransport } from './tcp.ts'

/** Real time, real TCP, and a seed from the operating system unless one is given (any safe integer). */
export function nodeRuntime(options: { readonly seed?: number } = {}): Runtime {
  const seed = options.seed ?? randomInt(2 ** 48 - 1)
  return { clock: systemClock, transport: tcpTransport, random: seededRandom(seed) }
}
