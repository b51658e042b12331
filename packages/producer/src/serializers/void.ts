import type { SerializerFunction } from './serializer.ts'

/** Nothing, whatever comes. Java's VoidSerializer. */
export const voidSerializer: SerializerFunction<unknown> = () => null
