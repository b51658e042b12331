import { type DelayAction, delayFault } from './delay.ts'
import { type DisconnectAction, disconnectFault } from './disconnect.ts'
import { type DropAction, dropFault } from './drop.ts'
import { type ErrorAction, errorFault } from './error.ts'
import type { FaultKind } from './fault-kind.ts'
import { type MoveLeaderAction, moveLeaderFault } from './move-leader.ts'
import { type StartBrokerAction, startBrokerFault } from './start-broker.ts'
import { type StopBrokerAction, stopBrokerFault } from './stop-broker.ts'

/** What a rule may do, units resolved. */
export type ParsedAction =
  | ErrorAction
  | DelayAction
  | DropAction
  | DisconnectAction
  | StopBrokerAction
  | StartBrokerAction
  | MoveLeaderAction

/** Every kind of fault. A test keeps this list and the folder equal. */
export const faultKinds: readonly FaultKind[] = [
  errorFault,
  delayFault,
  dropFault,
  disconnectFault,
  stopBrokerFault,
  startBrokerFault,
  moveLeaderFault,
]
