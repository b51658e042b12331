export {
  type Api,
  neverThrottles,
  type RequestInput,
  type RequestOf,
  type ResponseInput,
  type ResponseOf,
} from './api.ts'
export * from './apis/index.ts'
export * from './compression/index.ts'
export { errorByCode, errorByName, type KafkaErrorName, type KafkaErrorRow, kafkaErrors } from './errors.ts'
export { FrameError, FrameReader } from './framing.ts'
export { decodeRequestHeader, type RequestHeader } from './header.ts'
export { InvariantError, invariant } from './invariant.ts'
export { decodeRequestBody, decodeResponse, encodeRequest, encodeRequestParts, encodeResponse } from './message.ts'
export { negotiate, type PeerVersions } from './negotiate.ts'
export { hasVersion, isFlexible, throttlesAfterAnswering } from './plan.ts'
export * from './records/index.ts'
export type { Decoded, Encodable, Field, Fields, VersionRange } from './schema.ts'
export { DecodeError } from './wire/reader.ts'
export { zeroUuid } from './wire/uuid.ts'
export { EncodeError } from './wire/writer.ts'
