import type { Api } from './api.ts'
import { apiByKey } from './apis/index.ts'
import { isFlexible } from './plan.ts'
import { Reader } from './wire/reader.ts'
import type { Writer } from './wire/writer.ts'

/** What every request starts with, whatever its API. */
export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  /** Comes back in the response: the only thing that ties the two together. An int32. */
  readonly correlationId: number
  readonly clientId: string | null
  /** Where the body starts in the frame. */
  readonly bodyOffset: number
}

/**
 * Request header versions: 0 had no client id and served ControlledShutdown v0 alone, which no broker of Kafka 4
 * speaks; 1 has a client id; 2, for flexible versions, adds tagged fields. The client id is never compact, not even in
 * header 2, so that a broker can read it before it knows what to make of the version (RequestHeader.json).
 */
export function writeRequestHeader(
  writer: Writer,
  api: Api,
  version: number,
  { correlationId, clientId }: { readonly correlationId: number; readonly clientId: string | null },
): void {
  writer.path[0] = 'header'
  writer.int16(api.key)
  writer.int16(version)
  writer.path[1] = 'correlationId'
  writer.int32(correlationId)
  writer.path[1] = 'clientId'
  writer.string(clientId)
  writer.path.length = 0
  if (isFlexible(api, version)) writer.unsignedVarint(0)
}

/**
 * Reads the header of a request frame without its length prefix. Throws DecodeError. An API or version that is not
 * described here is no error: for such a key `bodyOffset` is where a body would start in a classic version.
 */
export function decodeRequestHeader(frame: Uint8Array): RequestHeader {
  const reader = new Reader(frame)
  reader.path[0] = 'header'
  reader.path[1] = 'apiKey'
  const apiKey = reader.int16()
  reader.path[1] = 'apiVersion'
  const apiVersion = reader.int16()
  reader.path[1] = 'correlationId'
  const correlationId = reader.int32()
  reader.path[1] = 'clientId'
  const clientIdLength = reader.length16()
  const clientId = clientIdLength < 0 ? null : reader.string(clientIdLength)
  reader.path[1] = 'taggedFields'
  const api = apiByKey(apiKey)
  if (api !== undefined && isFlexible(api, apiVersion)) reader.skipTaggedFields()
  return { apiKey, apiVersion, correlationId, clientId, bodyOffset: reader.offset }
}

/**
 * Response header versions: 0 is the correlation id; 1, for flexible versions, adds tagged fields. ApiVersions stays
 * at 0 in every version: a broker that does not know the version asked for answers in v0, and the client has to
 * find the error code without knowing which of the two it reads (KIP-511).
 */
export function writeResponseHeader(writer: Writer, api: Api, version: number, correlationId: number): void {
  writer.path[0] = 'header'
  writer.path[1] = 'correlationId'
  writer.int32(correlationId)
  writer.path.length = 0
  if (hasResponseTags(api, version)) writer.unsignedVarint(0)
}

/** Reads the header of a response and leaves the reader at the body. Throws DecodeError. Returns the correlation id. */
export function readResponseHeader(reader: Reader, api: Api, version: number): number {
  reader.path[0] = 'header'
  reader.path[1] = 'correlationId'
  const correlationId = reader.int32()
  reader.path[1] = 'taggedFields'
  if (hasResponseTags(api, version)) reader.skipTaggedFields()
  reader.path.length = 0
  return correlationId
}

function hasResponseTags(api: Api, version: number): boolean {
  return isFlexible(api, version) && !api.hasPlainResponseHeader
}
