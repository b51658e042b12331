import { booleanSerializer } from './boolean.ts'
import { bytesSerializer } from './bytes.ts'
import { defaultSerializer } from './default.ts'
import { doubleSerializer } from './double.ts'
import { floatSerializer } from './float.ts'
import { integerSerializer } from './integer.ts'
import { jsonSerializer } from './json.ts'
import { longSerializer } from './long.ts'
import type { SerializerFunction } from './serializer.ts'
import { shortSerializer } from './short.ts'
import { stringSerializer } from './string.ts'
import { uuidSerializer } from './uuid.ts'
import { voidSerializer } from './void.ts'

export type { Serialized, Serializer, SerializerFunction, SerializerObject } from './serializer.ts'

/** By the name that `key.serializer` and `value.serializer` take. */
export const serializers = {
  boolean: booleanSerializer,
  bytes: bytesSerializer,
  default: defaultSerializer,
  double: doubleSerializer,
  float: floatSerializer,
  integer: integerSerializer,
  json: jsonSerializer,
  long: longSerializer,
  short: shortSerializer,
  string: stringSerializer,
  uuid: uuidSerializer,
  void: voidSerializer,
} as const satisfies Record<string, SerializerFunction<never>>

/** The name of a built-in serializer of `T`. */
export type SerializerName = keyof typeof serializers
