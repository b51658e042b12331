import { Document, isMap, isSeq } from 'yaml'
import type { Plan } from './plan.ts'

/** A plan as a scenario file. Deep structures stay on one line each, as people write them. */
export function toYaml(plan: Plan, comment?: string): string {
  const document = new Document(plan)
  if (comment !== undefined) document.commentBefore = ` ${comment}`
  for (const key of ['network', 'cluster'])
    if (isMap(document.get(key))) (document.get(key) as { flow?: boolean }).flow = true
  for (const key of ['workload', 'faults']) {
    const list = document.get(key)
    if (isSeq(list)) for (const item of list.items) (item as { flow?: boolean }).flow = true
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}
