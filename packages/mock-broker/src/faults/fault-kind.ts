import type { KafkaErrorRow } from '@harrow/protocol'
import type { Field, Issue } from '../field.ts'

/**
 * Something that can go wrong. A kind is a file in this folder and a line in `index.ts`; its fields make it valid in
 * TypeScript, YAML and wherever else rules are written.
 */
export interface FaultKind<Action = never> {
  /** The key that names it in `do`. */
  readonly key: string
  readonly doc: string
  /** What `do` may hold for this kind, its own key first. */
  readonly fields: readonly Field[]
  /** `request`: it happens to a request. `cluster`: it happens to the cluster, and the request that set it off goes on. */
  readonly scope: 'request' | 'cluster'
  /** Before the request is handled, or after: with `after` the request was applied. */
  stage(action: Action): 'before' | 'after'
  /** What is wrong with a rule beyond its fields. */
  check?(action: Action, rule: RuleContext, path: Issue['path']): Issue[]
  /** Does it. A request goes on when `step.next` is called, now or later, and not at all if it never is. */
  run(action: Action, step: FaultStep): void
}

/** What a kind may want to know about the rule around it. */
export interface RuleContext {
  readonly isTimed: boolean
  readonly api: string | undefined
}

/** What a fault can do, and what it may know. */
export interface FaultStep {
  readonly control: ClusterControl
  /** The partition that the rule's conditions picked out of the request, if it names any. */
  readonly target: { readonly topic: string; readonly partition: number } | undefined
  next(): void
  later(ms: number, wake: () => void): void
  /** Makes the handler answer this error, for what the rule's conditions name. */
  inject(error: KafkaErrorRow, options: { readonly afterAppend: boolean }): void
  /** The connection answers nothing more and forgets what it reads, until the client closes it. */
  hang(): void
  disconnect(how: 'fin' | 'reset'): void
}

/** The cluster, as faults may change it. What cannot be done is left undone, and found. */
export interface ClusterControl {
  stopBroker(id: number, how: 'fin' | 'reset'): void
  startBroker(id: number): void
  moveLeader(move: { readonly topic: string; readonly partition: number; readonly to?: number | undefined }): void
  /** Node id; undefined if the partition is not known, -1 if nobody leads. */
  leaderOf(topic: string, partition: number): number | undefined
}
