import type { Clock } from './clock.ts'
import type { Random } from './random.ts'
import type { Transport } from './transport.ts'

/** The whole outside world of a core. What is not in here, a core does not have. */
export interface Runtime {
  readonly clock: Clock
  readonly transport: Transport
  readonly random: Random
}
