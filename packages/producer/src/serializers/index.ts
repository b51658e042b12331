import { bytesSerializer } from './bytes.ts'
import { defaultSerializer } from './default.ts'
import { jsonSerializer } from './json.ts'
import type { Serializer } from './serializer.ts'
import { stringSerializer } from './string.ts'

export type { Serializer } from './serializer.ts'

/** By the name that `key.serializer` and `value.serializer` take. */
export const serializers = {
  bytes: bytesSerializer,
  default: defaultSerializer,
  json: jsonSerializer,
  string: stringSerializer,
} as const satisfies Record<string, Serializer<never>>
