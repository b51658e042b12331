import { z } from 'zod'
import { abilities } from './subject.ts'

/** The number in `hello`. It changes when a driver that was right becomes wrong. */
export const protocolVersion = 1

/** A longer line is garbage: no outcome needs as much. */
export const lineBytesMax = 1024 * 1024

const id = z.int().min(0)
const whole = z.union([z.int(), z.string().regex(/^-?\d{1,19}$/)])

/** What a driver may say, one JSON object a line. Unknown keys are ignored, so that a driver may say more. */
export const driverLine = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.int(),
    name: z.string().min(1),
    version: z.string(),
    settings: z.record(z.string(), z.string()),
    can: z.array(z.enum(abilities)).optional(),
  }),
  z.object({ type: z.literal('ready'), cannot: z.record(z.string(), z.string()).optional() }),
  z.object({
    type: z.literal('ack'),
    id,
    partition: z.int().optional(),
    offset: whole.optional(),
    timestamp: z.number().optional(),
  }),
  z.object({
    type: z.literal('fail'),
    id,
    error: z.string().min(1),
    message: z.string().optional(),
    certainty: z.enum(['definite', 'maybe']).optional(),
  }),
  z.object({ type: z.literal('done'), id, error: z.string().optional() }),
  z.object({ type: z.literal('log'), message: z.string() }),
])

export type DriverLine = z.output<typeof driverLine>
export type Hello = Extract<DriverLine, { type: 'hello' }>

/** What the harness says. */
export type HarnessLine =
  | {
      readonly type: 'start'
      readonly protocol: number
      readonly bootstrapServers: string
      readonly config: Readonly<Record<string, string | number | boolean>>
    }
  | {
      readonly type: 'send'
      readonly id: number
      readonly topic: string
      readonly partition: number | null
      readonly key: string | null
      /** Base64. */
      readonly value: string
      readonly headers: Readonly<Record<string, string>>
    }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'close'; readonly id: number; readonly timeoutMs: number | null }

/** Cuts a stream of text into lines. Throws RangeError for a line that is too long. */
export class LineSplitter {
  private rest = ''

  push(text: string): string[] {
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop() ?? ''
    if (this.rest.length > lineBytesMax || lines.some((line) => line.length > lineBytesMax))
      throw new RangeError(`a line of more than ${lineBytesMax} characters`)
    return lines
  }
}
