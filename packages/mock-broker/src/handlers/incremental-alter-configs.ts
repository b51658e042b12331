import { incrementalAlterConfigs, kafkaErrors, type RequestOf } from '@harrow/protocol'
import { configResource } from '../config-resource.ts'
import { type Changeable, type ConfigRefusal, changeable } from '../settings-change.ts'
import type { Handler } from './handler.ts'

/** Changes single settings of topics, brokers and groups and leaves the others alone (KIP-339). Java: `ConfigurationControlManager`. */
export const incrementalAlterConfigsHandler: Handler<typeof incrementalAlterConfigs> = {
  api: incrementalAlterConfigs,

  targets: (request) =>
    request.resources.flatMap(({ resourceType, resourceName }) =>
      resourceType === configResource.topic ? [{ topic: resourceName }] : [],
    ),

  handle(request, call) {
    let applied = false
    const responses = request.resources.map((resource) => {
      const { resourceType, resourceName, configs } = resource
      const target = changeable(resource, request.resources, call)
      const result = 'error' in target ? target : change(target, configs, request.validateOnly)
      applied ||= result === undefined && !request.validateOnly
      const { error = kafkaErrors.NONE, message = null } = result ?? {}
      return { errorCode: error.code, errorMessage: message, resourceType, resourceName }
    })
    return { do: 'answer', body: { throttleTimeMs: 0, responses }, applied }
  },
}

type Change = RequestOf<typeof incrementalAlterConfigs>['resources'][number]['configs'][number]

/** What is done with a key, by the number in requests. Java: `AlterConfigOp.OpType`. */
const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const

function change(target: Changeable, changes: readonly Change[], validateOnly: boolean): ConfigRefusal | undefined {
  const { INVALID_CONFIG, INVALID_REQUEST } = kafkaErrors
  if (new Set(changes.map(({ name }) => name)).size < changes.length) {
    return { error: INVALID_REQUEST, message: 'Error due to duplicate config keys' }
  }
  const settings = new Map(target.settings)
  for (const { name, configOperation: operation, value } of changes) {
    if (operation === operations.delete) {
      settings.delete(name)
      continue
    }
    if (value === null) return { error: INVALID_REQUEST, message: `Null value not supported for : ${name}` }
    if (operation === operations.set) {
      settings.set(name, value)
      continue
    }
    if (operation !== operations.append && operation !== operations.subtract) {
      return { error: INVALID_REQUEST, message: `Unknown operation ${operation} for config key ${name}` }
    }
    const row = target.row(name)
    if (row?.kind !== 'LIST') {
      const verb = operation === operations.append ? 'APPEND to' : 'SUBTRACT from'
      return { error: INVALID_CONFIG, message: `Can't ${verb} key ${name} because its type is not LIST.` }
    }
    const before = (settings.get(name) ?? row.default).split(',').filter((item) => item !== '')
    const items = value.split(',').map((item) => item.trim())
    const after =
      operation === operations.append
        ? [...before, ...items.filter((item) => !before.includes(item))]
        : before.filter((item) => !items.includes(item))
    settings.set(name, after.join(','))
  }
  const entries = [...settings].map(([name, value]) => ({ name, value }))
  return target.apply(entries, validateOnly)
}
