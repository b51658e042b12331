import { runCommand } from '../command.ts'
import { Skip } from '../step.ts'

/** One of Kafka's message definitions, as its JSON says it. Every value but a name is a string there. */
export interface KafkaDefinition {
  readonly apiKey: number
  readonly name: string
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly fields: readonly KafkaField[]
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly KafkaField[] }[]
}

export interface KafkaField {
  readonly name: string
  /** `int32`, `[]string`, `[]TopicProduceData`, `LeaderIdAndEpoch`, ... */
  readonly type: string
  readonly versions: string
  readonly nullableVersions?: string
  readonly taggedVersions?: string
  readonly flexibleVersions?: string
  readonly tag?: number
  readonly default?: string | number | boolean
  readonly ignorable?: boolean
  readonly fields?: readonly KafkaField[]
}

/** Reads `ProduceRequest.json` and the like from a kafka-clients jar. */
export async function readDefinition(clientsJar: string, message: string): Promise<KafkaDefinition> {
  const result = await runCommand('unzip', ['-p', clientsJar, `common/message/${message}.json`])
  if (result === undefined) throw new Skip('no unzip on this machine')
  if (result.exitCode !== 0) throw new Error(`${message}.json is not in ${clientsJar}`)
  return JSON.parse(withoutComments(result.stdout)) as KafkaDefinition
}

/** Kafka's definitions have `//` comments, which JSON has not. One inside a string is text. */
export function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g, (part) => (part.startsWith('"') ? part : ''))
}

/** `3-13`, `9+`, `4`, `none` as an inclusive range. A range that nothing lies in for `none`. */
export function parseVersions(text: string | undefined): { min: number; max: number } {
  if (text === undefined || text === 'none') return { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text.trim())
  if (match === null) throw new Error(`odd version range "${text}"`)
  const min = Number(match[1])
  return { min, max: match[2] ? Number.POSITIVE_INFINITY : Number(match[3] ?? min) }
}

export function includes(range: { min: number; max: number }, version: number): boolean {
  return version >= range.min && version <= range.max
}
