import type { TraceEvent } from '../history.ts'
import { whereOf } from './trace-index.ts'

/** Which batches a split one was cut into: those of its partition that were created just before it tells how many they are. */
export class SplitParts {
  private readonly created = new Map<string, unknown[]>()

  /** Tell it of every `batch-created`. */
  tell(event: TraceEvent): void {
    const where = whereOf(event)
    const batches = this.created.get(where)
    if (batches === undefined) this.created.set(where, [event.details['batch']])
    else batches.push(event.details['batch'])
  }

  /** Of a `batch-split`. */
  of(event: TraceEvent): readonly unknown[] {
    return this.created.get(whereOf(event))?.slice(-(event.details['parts'] as number)) ?? []
  }
}
