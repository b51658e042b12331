import type { Duration, Size } from '@harrow/runtime'
import { type AcceptAction, acceptFault } from './accept.ts'
import { type BandwidthAction, bandwidthFault } from './bandwidth.ts'
import { type CorruptAction, corruptFault } from './corrupt.ts'
import { type DelayAction, delayFault } from './delay.ts'
import { type DisconnectAction, disconnectFault } from './disconnect.ts'
import { type DripAction, dripFault } from './drip.ts'
import { type DropAction, dropFault } from './drop.ts'
import { type DuplicateAction, duplicateFault } from './duplicate.ts'
import { type EditAction, editFault } from './edit.ts'
import { type ErrorAction, errorFault } from './error.ts'
import type { FaultKind } from './fault-kind.ts'
import { type HangAction, hangFault } from './hang.ts'
import { type IdleCloseAction, idleCloseFault } from './idle-close.ts'
import { type KillBrokerAction, killBrokerFault } from './kill-broker.ts'
import { type MoveLeaderAction, moveLeaderFault } from './move-leader.ts'
import { type RefuseAction, refuseFault } from './refuse.ts'
import { type RollAction, rollFault } from './roll.ts'
import { type SliceAction, sliceFault } from './slice.ts'
import { type StallAction, stallFault } from './stall.ts'
import { type StartBrokerAction, startBrokerFault } from './start-broker.ts'
import { type StopBrokerAction, stopBrokerFault } from './stop-broker.ts'
import { type ThrottleAction, throttleFault } from './throttle.ts'
import { type TruncateAction, truncateFault } from './truncate.ts'
import { type WrongCorrelationIdAction, wrongCorrelationIdFault } from './wrong-correlation-id.ts'

/** What a rule may do. As it is written; with `number` for both it is as parsed. */
type Action<Time, Bytes> =
  | RefuseAction<Time>
  | AcceptAction<Time>
  | HangAction
  | IdleCloseAction<Time>
  | DelayAction<Time>
  | DropAction
  | ErrorAction
  | DisconnectAction
  | StallAction<Time>
  | BandwidthAction<Time, Bytes>
  | ThrottleAction<Time>
  | EditAction
  | DuplicateAction
  | WrongCorrelationIdAction
  | SliceAction<Bytes>
  | DripAction<Time, Bytes>
  | TruncateAction<Bytes>
  | CorruptAction
  | StopBrokerAction<Time>
  | StartBrokerAction
  | KillBrokerAction<Time>
  | RollAction<Time>
  | MoveLeaderAction

/** What happens, as it is written. */
export type FaultAction = Action<Duration, Size>

/** What happens, units resolved. */
export type ParsedAction = Action<number, number>

/** Every kind of fault, in the order of a request's life. A test keeps this list and the folder equal. */
export const faultKinds: readonly FaultKind[] = [
  refuseFault,
  acceptFault,
  hangFault,
  idleCloseFault,
  delayFault,
  dropFault,
  errorFault,
  disconnectFault,
  stallFault,
  bandwidthFault,
  throttleFault,
  editFault,
  duplicateFault,
  wrongCorrelationIdFault,
  sliceFault,
  dripFault,
  truncateFault,
  corruptFault,
  stopBrokerFault,
  startBrokerFault,
  killBrokerFault,
  rollFault,
  moveLeaderFault,
]
