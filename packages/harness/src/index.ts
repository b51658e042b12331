export { judge, type Law, laws, type Verdict } from './checks/index.ts'
export { type ExpectationName, expectations } from './expect/index.ts'
export { historiesOf } from './histories-of.ts'
export type {
  Census,
  FaultReport,
  History,
  LoggedRecord,
  ProducerOfRun,
  ProducerSettings,
  ReceivedBatch,
  ReceivedRequest,
  SentRecord,
  Settlement,
  TraceEvent,
  Violation,
  WaitedStep,
} from './history.ts'
export { type Reporter, type ReporterName, type ReporterOutput, reporters } from './reporters/index.ts'
export { findScenarios, NoScenarioError } from './scenario/find.ts'
export { jsonSchema } from './scenario/json-schema.ts'
export {
  type Diagnostic,
  type LoadedScenario,
  loadScenario,
  loadScenarios,
  parseScenariosText,
  parseScenarioText,
  ScenarioFileError,
} from './scenario/load.ts'
export { parseScenario, parseScenarios } from './scenario/parse.ts'
export { type RunOptions, runScenario, type ScenarioResult, type ScenarioVerdict } from './scenario/run.ts'
export {
  type ParsedScenario,
  type Scenario,
  ScenarioError,
  type ScenarioIssue,
  type WorldName,
  worldNames,
} from './scenario/schema.ts'
export {
  type Ability,
  defineSubject,
  type ForeignAck,
  type ForeignFailure,
  type ForeignProducerHandle,
  type ForeignRecord,
  type SubjectConfig,
  type SubjectDefinition,
  type SubjectOptions,
} from './subjects/subject.ts'
export { type World, type WorldOptions, type WorldRun, worlds } from './worlds/index.ts'
