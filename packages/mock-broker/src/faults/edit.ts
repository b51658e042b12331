import { apis } from '@harrow/protocol'
import { applyEdit, editIssue } from './answer-fields.ts'
import type { FaultKind } from './fault-kind.ts'

export interface EditAction {
  readonly edit: { readonly [path: string]: unknown }
}

/** Whatever a broker could say and does not: a missing partition, an offset of -1, another leader, an epoch from the past. */
export const editFault: FaultKind<EditAction> = {
  key: 'edit',
  family: 'response',
  doc: 'Sets fields of the answer. The request is applied.',
  fields: [
    {
      key: 'edit',
      type: { is: 'map', of: { is: 'any' } },
      doc: "Values by the path of the field, in Kafka's names in camelCase; `*` is every item of a list, a number the item there. Errors by name or number, lists and structures as such.",
      required: true,
    },
  ],
  example: {
    rule: {
      on: { api: 'Produce', nth: 1 },
      do: { edit: { 'responses.*.partitionResponses.*.baseOffset': -1 } },
    },
    shows: 'The first Produce is applied, and its answer says 0 (no error) and base offset -1.',
  },
  scope: 'request',
  stage: () => 'after',
  check(action, rule, path) {
    const api = Object.values(apis).find(({ name }) => name === rule.on.api)
    if (api === undefined) {
      return [
        { path: [...path, 'edit'], message: 'fields belong to an API: say which in `on`, such as `api: Produce`' },
      ]
    }
    return Object.entries(action.edit).flatMap(([field, value]) => {
      const message = editIssue(api.response, field, value)
      return message === undefined ? [] : [{ path: [...path, 'edit', field], message }]
    })
  },
  run(action, step) {
    step.edit(({ api, body }) => {
      for (const [field, value] of Object.entries(action.edit)) {
        if (applyEdit(api.response, body, field, value) === 0) step.impossible(`the answer has no ${field}`)
      }
      return body
    })
    step.next()
  },
}
