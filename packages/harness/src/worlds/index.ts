import type { WorldName } from '../scenario/schema.ts'
import { simulated } from './simulated.ts'
import { tcp } from './tcp.ts'
import type { World } from './world.ts'

export type { World, WorldOptions, WorldRun } from './world.ts'

/** Every world, by its name. */
export const worlds: Readonly<Record<WorldName, World>> = { simulated, tcp }
