import type { History, Violation } from '../history.ts'

/** Something that holds in every run, whatever the faults. A pure function over the history. */
export interface Law {
  /** Short and in capitals: how reports and expectations call it. */
  readonly name: string
  /** The exact statement, as it is printed when it is broken. */
  readonly statement: string
  /** Undefined when the law binds this history, else why it does not (and then it is reported, not silently passed). */
  unbound?(history: History): string | undefined
  judge(history: History): Violation[]
}

/** Reports show this many violations of one law and count the rest: the first one is what matters. */
export const violationsShownMax = 5
