import { alterConfigs, kafkaErrors } from '@harrow/protocol'
import { configResource } from '../config-resource.ts'
import { type ConfigRefusal, changeable } from '../settings-change.ts'
import type { Handler } from './handler.ts'

/** Replaces the settings of topics, brokers and groups: what is not named has its default again. Java: `ConfigurationControlManager`. */
export const alterConfigsHandler: Handler<typeof alterConfigs> = {
  api: alterConfigs,

  targets: (request) =>
    request.resources.flatMap(({ resourceType, resourceName }) =>
      resourceType === configResource.topic ? [{ topic: resourceName }] : [],
    ),

  handle(request, call) {
    let applied = false
    const responses = request.resources.map((resource) => {
      const { resourceType, resourceName, configs } = resource
      const target = changeable(resource, request.resources, call)
      // A key without a value is one that is not there.
      const entries = configs.filter(({ value }) => value !== null)
      const result: ConfigRefusal | undefined = 'error' in target ? target : target.apply(entries, request.validateOnly)
      applied ||= result === undefined && !request.validateOnly
      const { error = kafkaErrors.NONE, message = null } = result ?? {}
      return { errorCode: error.code, errorMessage: message, resourceType, resourceName }
    })
    return { do: 'answer', body: { throttleTimeMs: 0, responses }, applied }
  },
}
