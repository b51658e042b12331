/** Arbitraries and properties for fast-check: records, clusters, fault plans, scenarios, commands for a producer. */
export { type ClusterConstraints, type ClusterShape, clusterArbitrary } from './properties/cluster-arbitrary.ts'
export { type FaultConstraints, faultArbitrary, faultPlanArbitrary } from './properties/fault-arbitrary.ts'
export { type Delivered, ModelLog, type ModelSend, type StoredValue } from './properties/model-log.ts'
export {
  type CommandConstraints,
  clusterAndCommands,
  producerCommands,
  runProducerCommands,
} from './properties/producer-commands.ts'
export type { ProducerStage } from './properties/producer-stage.ts'
export { type ArbitraryRecord, type RecordConstraints, recordArbitrary } from './properties/record-arbitrary.ts'
export { type ScenarioConstraints, scenarioArbitrary } from './properties/scenario-arbitrary.ts'
export { assertScenarios, playScenario, type ScenarioPlayed } from './properties/scenario-property.ts'
export { SimulatedStage, type SimulatedStageOptions } from './properties/simulated-stage.ts'
