import { apiVersions, decodeResponse, type RequestInput, type ResponseOf } from '@harrow/protocol'
import { software } from '../software.ts'

/** What a broker speaks, by API key. */
export type OfferedVersions = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>

type VersionsOutcome =
  | { readonly kind: 'agreed'; readonly versions: OfferedVersions }
  | { readonly kind: 'ask-again'; readonly version: number }
  /** The connection is of no use. */
  | { readonly kind: 'refused'; readonly because: string }

const clientSoftware = { clientSoftwareName: software.name, clientSoftwareVersion: software.version } as const
const unsupportedVersion = 35
const softwareFrom = 3

/** The first thing said on a connection. From version 3 on it tells who is asking (KIP-511). */
export function versionsQuestion(version: number): RequestInput<typeof apiVersions> {
  return version >= softwareFrom ? clientSoftware : {}
}

/**
 * KIP-511: a broker that does not know the version asked in answers in version 0, with UNSUPPORTED_VERSION and the
 * versions that it knows, and is asked again, each time in a lower one. Throws DecodeError for bytes that are no answer.
 */
export function takeVersionsAnswer(
  askedVersion: number,
  frame: Uint8Array,
): { readonly body: ResponseOf<typeof apiVersions>; readonly outcome: VersionsOutcome } {
  const errorCode = new DataView(frame.buffer, frame.byteOffset).getInt16(4)
  const { body } = decodeResponse(apiVersions, errorCode === unsupportedVersion ? 0 : askedVersion, frame)
  return { body, outcome: outcomeOf(askedVersion, errorCode, body) }
}

function outcomeOf(askedVersion: number, errorCode: number, body: ResponseOf<typeof apiVersions>): VersionsOutcome {
  if (errorCode === unsupportedVersion) {
    if (askedVersion === 0) return { kind: 'refused', because: 'the broker refuses every version of ApiVersions' }
    const known = body.apiKeys.find(({ apiKey }) => apiKey === apiVersions.key)
    return { kind: 'ask-again', version: Math.min(known?.maxVersion ?? 0, askedVersion - 1) }
  }
  if (errorCode !== 0) return { kind: 'refused', because: `ApiVersions failed with error ${errorCode}` }
  const versions = body.apiKeys.map(
    ({ apiKey, minVersion, maxVersion }) => [apiKey, { minVersion, maxVersion }] as const,
  )
  return { kind: 'agreed', versions: new Map(versions) }
}
