import type { OnCompletion, RecordMetadata } from '../record.ts'

/** The metadata of the record with this place in the batch; throws its error. */
export type OutcomeOf = (index: number) => RecordMetadata

/**
 * Who is told of records that follow each other in one batch and have no callbacks: one for all of them, which costs them
 * nothing each. What it makes of it is the facade's business.
 */
export interface OutcomeGroup {
  /** Outcomes are known: it asks for each, in order and once, in a later event. */
  release(): void
  /** The batch is split: what is to hear of one record in its part. It is not asked for then. */
  callbackOf(index: number): OnCompletion
}

/** In place of a callback: how to tell of records in groups. */
export interface TellInGroups {
  open(firstIndex: number, outcomeOf: OutcomeOf): OutcomeGroup
  /** For a record that enters no open batch at once: a callback of its own. */
  alone(): OnCompletion
}

/** Who is told of one record. */
export type Told = OnCompletion | OutcomeGroup
