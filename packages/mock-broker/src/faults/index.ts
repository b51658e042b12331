import type { Duration, Size } from '@harrow/runtime'
import { type AcceptAction, acceptFault } from './accept.ts'
import { type AddBrokerAction, addBrokerFault } from './add-broker.ts'
import { type AddPartitionsAction, addPartitionsFault } from './add-partitions.ts'
import { type BandwidthAction, bandwidthFault } from './bandwidth.ts'
import { type ClockSkewAction, clockSkewFault } from './clock-skew.ts'
import { type ClogAction, clogFault } from './clog.ts'
import { type CorruptAction, corruptFault } from './corrupt.ts'
import { type CutOffAction, cutOffFault } from './cut-off.ts'
import { type DelayAction, delayFault } from './delay.ts'
import { type DeleteTopicAction, deleteTopicFault } from './delete-topic.ts'
import { type DisconnectAction, disconnectFault } from './disconnect.ts'
import { type DiskFullAction, diskFullFault } from './disk-full.ts'
import { type DripAction, dripFault } from './drip.ts'
import { type DropAction, dropFault } from './drop.ts'
import { type DuplicateAction, duplicateFault } from './duplicate.ts'
import { type EditAction, editFault } from './edit.ts'
import { type ErrorAction, errorFault } from './error.ts'
import type { FaultKind } from './fault-kind.ts'
import { type GrowIsrAction, growIsrFault } from './grow-isr.ts'
import { type HangAction, hangFault } from './hang.ts'
import { type IdleCloseAction, idleCloseFault } from './idle-close.ts'
import { type KillBrokerAction, killBrokerFault } from './kill-broker.ts'
import { type LagAction, lagFault } from './lag.ts'
import { type LoseProducerStateAction, loseProducerStateFault } from './lose-producer-state.ts'
import { type MoveLeaderAction, moveLeaderFault } from './move-leader.ts'
import { type NoLeaderAction, noLeaderFault } from './no-leader.ts'
import { type RecreateTopicAction, recreateTopicFault } from './recreate-topic.ts'
import { type RefuseAction, refuseFault } from './refuse.ts'
import { type RemoveBrokerAction, removeBrokerFault } from './remove-broker.ts'
import { type RollAction, rollFault } from './roll.ts'
import { type ShrinkIsrAction, shrinkIsrFault } from './shrink-isr.ts'
import { type SliceAction, sliceFault } from './slice.ts'
import { type StaleMetadataAction, staleMetadataFault } from './stale-metadata.ts'
import { type StallAction, stallFault } from './stall.ts'
import { type StartBrokerAction, startBrokerFault } from './start-broker.ts'
import { type StopBrokerAction, stopBrokerFault } from './stop-broker.ts'
import { type SwapAction, swapFault } from './swap.ts'
import { type ThrottleAction, throttleFault } from './throttle.ts'
import { type TruncateAction, truncateFault } from './truncate.ts'
import { type UncleanElectionAction, uncleanElectionFault } from './unclean-election.ts'
import { type WrongCorrelationIdAction, wrongCorrelationIdFault } from './wrong-correlation-id.ts'

/** What a rule may do. As it is written; with `number` for both it is as parsed. */
type Action<Time, Bytes> =
  | RefuseAction<Time>
  | AcceptAction<Time, Bytes>
  | CutOffAction<Time>
  | HangAction
  | IdleCloseAction<Time>
  | DelayAction<Time>
  | DropAction
  | ErrorAction
  | DisconnectAction
  | StallAction<Time>
  | BandwidthAction<Time, Bytes>
  | ClogAction<Time>
  | ThrottleAction<Time>
  | EditAction
  | DuplicateAction
  | SwapAction
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
  | NoLeaderAction<Time>
  | ShrinkIsrAction<Time>
  | GrowIsrAction
  | LagAction<Time>
  | UncleanElectionAction
  | LoseProducerStateAction
  | StaleMetadataAction<Time>
  | AddPartitionsAction
  | DeleteTopicAction<Time>
  | RecreateTopicAction
  | AddBrokerAction
  | RemoveBrokerAction
  | ClockSkewAction<Time>
  | DiskFullAction<Time>

/** What happens, as it is written. */
export type FaultAction = Action<Duration, Size>

/** What happens, units resolved. */
export type ParsedAction = Action<number, number>

/** Every kind of fault, in the order of a request's life. A test keeps this list and the folder equal. */
export const faultKinds: readonly FaultKind[] = [
  refuseFault,
  acceptFault,
  cutOffFault,
  hangFault,
  idleCloseFault,
  delayFault,
  dropFault,
  errorFault,
  disconnectFault,
  stallFault,
  bandwidthFault,
  clogFault,
  throttleFault,
  editFault,
  duplicateFault,
  swapFault,
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
  noLeaderFault,
  shrinkIsrFault,
  growIsrFault,
  lagFault,
  uncleanElectionFault,
  loseProducerStateFault,
  staleMetadataFault,
  addPartitionsFault,
  deleteTopicFault,
  recreateTopicFault,
  addBrokerFault,
  removeBrokerFault,
  clockSkewFault,
  diskFullFault,
]
