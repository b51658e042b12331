import type { Api, RequestInput, RequestOf, ResponseInput, ResponseOf } from './api.ts'
import { countByteFields, readStruct, type Struct, writeStruct } from './codec.ts'
import { readResponseHeader, writeRequestHeader, writeResponseHeader } from './header.ts'
import type { StructPlan } from './plan.ts'
import { Reader } from './wire/reader.ts'
import { Writer } from './wire/writer.ts'

const lengthPrefixBytes = 4
/** Room for what is not records; a frame that needs more grows. */
const smallFrameBytes = 1024

/**
 * A whole request as it goes on the wire: length prefix, header, body. `version` must be one of `api.versions`.
 * Throws EncodeError, which names the field, for a value that this version cannot carry.
 */
export function encodeRequest<A extends Api>(
  api: A,
  version: number,
  header: { readonly correlationId: number; readonly clientId: string | null },
  body: RequestInput<A>,
): Uint8Array {
  const plan = api.plans.of('request', version)
  return frame(plan, body as Struct, (writer) => writeRequestHeader(writer, api, version, header))
}

/**
 * `encodeRequest` in parts, for one write of all of them: byte fields of `sharedBytesMin` bytes and more are the arrays of
 * the body themselves. They must not change until the other side has them.
 */
export function encodeRequestParts<A extends Api>(
  api: A,
  version: number,
  header: { readonly correlationId: number; readonly clientId: string | null },
  body: RequestInput<A>,
  { sharedBytesMin }: { readonly sharedBytesMin: number },
): Uint8Array[] {
  const writer = new Writer(smallFrameBytes, sharedBytesMin)
  writeFrame(writer, api.plans.of('request', version), body as Struct, (into) =>
    writeRequestHeader(into, api, version, header),
  )
  return writer.finishParts()
}

/**
 * The body of a request frame (without length prefix), from where `decodeRequestHeader` says it starts. `version` must
 * be one of `api.versions`. Byte fields are views into the frame. Throws DecodeError. Bytes after the last field are
 * ignored, as a broker ignores them.
 */
export function decodeRequestBody<A extends Api>(
  api: A,
  version: number,
  requestFrame: Uint8Array,
  bodyOffset: number,
): RequestOf<A> {
  return readStruct(new Reader(requestFrame, bodyOffset), api.plans.of('request', version)) as RequestOf<A>
}

/**
 * A whole response as it goes on the wire: length prefix, header, body. `version` must be one of `api.versions`.
 * Throws EncodeError, which names the field, for a value that this version cannot carry.
 */
export function encodeResponse<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  body: ResponseInput<A>,
): Uint8Array {
  const plan = api.plans.of('response', version)
  return frame(plan, body as Struct, (writer) => writeResponseHeader(writer, api, version, correlationId))
}

/**
 * A response frame (without length prefix). `version` is the one of the request. Byte fields are views into the frame.
 * Throws DecodeError. Bytes after the last field are ignored, as Java's client ignores them.
 */
export function decodeResponse<A extends Api>(
  api: A,
  version: number,
  responseFrame: Uint8Array,
): { correlationId: number; body: ResponseOf<A> } {
  const reader = new Reader(responseFrame)
  const correlationId = readResponseHeader(reader, api, version)
  return { correlationId, body: readStruct(reader, api.plans.of('response', version)) as ResponseOf<A> }
}

function frame(plan: StructPlan, body: Readonly<Struct>, writeHeader: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(smallFrameBytes + countByteFields(plan, body))
  writeFrame(writer, plan, body, writeHeader)
  return writer.finish()
}

function writeFrame(
  writer: Writer,
  plan: StructPlan,
  body: Readonly<Struct>,
  writeHeader: (writer: Writer) => void,
): void {
  writer.int32(0)
  writeHeader(writer)
  writeStruct(writer, plan, body)
  writer.patchInt32(0, writer.length - lengthPrefixBytes)
}
