import type { VersionRange } from './schema.ts'

/** One row of an ApiVersions response. */
export interface PeerVersions {
  readonly minVersion: number
  readonly maxVersion: number
}

/**
 * The version to speak: the highest that both sides know, as in Java's NodeApiVersions. Undefined when there is none,
 * or when the peer does not know the API.
 */
export function negotiate(
  api: { readonly versions: VersionRange },
  peer: PeerVersions | undefined,
): number | undefined {
  if (peer === undefined) return undefined
  const version = Math.min(api.versions.max, peer.maxVersion)
  return version >= Math.max(api.versions.min, peer.minVersion) ? version : undefined
}
