import { judgeBound } from './aggregate-bound.ts'
import { judgeLocal } from './aggregate-local.ts'
import { type Law, needsTrace } from './law.ts'

/**
 * AGGREGATE: requests to one broker carry what they can.
 *
 * Local optimality: of two Produce requests to one broker, q1 and q2, no batch of q2 was waiting when q1 left (created
 * before, first of its partition, nothing of that partition on its way, its partition never in trouble), of a partition
 * that q1 leaves out, and small enough to fit into q1, unless the cluster changed in between. And the batches of one request
 * do not exceed max.request.size, unless there is only one.
 *
 * Global bound, for runs without faults: give each batch the interval from its creation to the end of its linger, or to
 * the creation of its successor, which means that it was full. The fewest requests that stab all intervals of a broker
 * (greedy interval stabbing), or the batches of its busiest partition, of which each request takes one, are what a
 * clairvoyant producer needs; ours may need a few times as many. Requests that leave while a send waits for memory are not
 * counted, nor are their batches: nothing may linger then (java-producer: RecordAccumulator.ready, `exhausted`).
 */
export const aggregate: Law = {
  name: 'AGGREGATE',
  insideOnly: needsTrace,
  statement: 'a request takes along every waiting batch of its broker that fits; without faults few requests do',
  judge: (history) => [...judgeLocal(history), ...judgeBound(history)],
}
