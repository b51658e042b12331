import { apiVersions, kafkaErrors, type ResponseInput } from '@harrow/protocol'
import type { ServedVersions } from '../versions.ts'
import type { Handler } from './handler.ts'

/** What this broker speaks, taken from the handlers that are there. May come at any time and more than once (A4). */
export const apiVersionsHandler: Handler<typeof apiVersions> = {
  api: apiVersions,

  handle(request, call) {
    const error = call.injected?.error
    if (error !== undefined) return { do: 'answer', body: { errorCode: error.code, apiKeys: [] }, applied: false }
    if (call.version >= softwareFrom) {
      const { clientSoftwareName: name, clientSoftwareVersion: version } = request
      if (!softwareWord.test(name) || !softwareWord.test(version)) {
        return { do: 'answer', body: { errorCode: kafkaErrors.INVALID_REQUEST.code, apiKeys: [] }, applied: false }
      }
      call.setSoftware(name, version)
    }
    return { do: 'answer', body: { errorCode: kafkaErrors.NONE.code, apiKeys: rows(call.served) }, applied: true }
  },
}

/**
 * The answer to a version that this broker does not know (A1): in version 0, with the versions of ApiVersions alone,
 * so that a client of any age can read it and ask again (KIP-511).
 */
export function unknownVersionAnswer(served: ServedVersions): ResponseInput<typeof apiVersions> {
  const own = rows(served).filter((row) => row.apiKey === apiVersions.key)
  return { errorCode: kafkaErrors.UNSUPPORTED_VERSION.code, apiKeys: own }
}

/** First version in which the client says what software it is (KIP-511). */
const softwareFrom = 3
const softwareWord = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/

function rows(served: ServedVersions): { apiKey: number; minVersion: number; maxVersion: number }[] {
  return served.rows.map(({ key, advertisedMin, max }) => ({ apiKey: key, minVersion: advertisedMin, maxVersion: max }))
}
