import { type BrokerEvent, ClusterCore, type ParsedFaultRule, parseFaultRule } from '@harrow/mock-broker/core'
import { nodeCodecs } from '@harrow/protocol/node'
import { nodeRuntime } from '@harrow/runtime/node'
import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import { parse } from 'yaml'
import { pathName } from '../scenario/schema.ts'
import {
  aborted,
  type Command,
  type CommandContext,
  choice,
  exitCodes,
  type ParsedArguments,
  UsageError,
  wholeNumber,
} from './command.ts'

const portDefault = 9092

/** `harrow broker`: a mock cluster for clients in any language, until it is interrupted. */
export const broker: Command = {
  operands: '',
  summary: 'Run a mock Kafka cluster on loopback until interrupted',
  options: {
    brokers: { type: 'string', value: '<count>', doc: 'How many brokers, numbered from 1. Default 1.' },
    topic: { type: 'string', multiple: true, value: '<name[:partitions]>', doc: 'A topic to create; may be repeated.' },
    port: {
      type: 'string',
      value: '<port>',
      doc: `Port of the first broker, the others follow; 0 takes any free ports. Default ${portDefault}.`,
    },
    fault: { type: 'string', multiple: true, value: '<rule>', doc: 'A fault rule in YAML or JSON; may be repeated.' },
    'no-auto-create-topics': { type: 'boolean', doc: 'Refuse unknown topics instead of creating them.' },
    seed: { type: 'string', value: '<number>', doc: 'Seed of chance, such as the probability of faults.' },
    log: { type: 'string', value: '<format>', doc: 'Log what happens to stderr: pretty or json. Default: no log.' },
  },
  examples: [
    'harrow broker --brokers 3 --topic orders:6',
    'harrow broker --port 0 --log pretty',
    "harrow broker --topic orders --fault '{ on: { api: Produce, nth: 1 }, do: { drop: response } }'",
  ],
  async run({ operands, values }, context) {
    if (operands.length > 0)
      throw new UsageError(`harrow broker takes no ${operands[0]}: topics are given as --topic ${operands[0]}`)
    const options = clusterOptions(values)
    const rules = faultRules(values)
    const logger = brokerLogger(values, context)
    const cluster = new ClusterCore(nodeRuntime(options.seed === undefined ? {} : { seed: options.seed }), options, {
      codecs: nodeCodecs,
      ...(logger === undefined ? {} : { trace: (event: BrokerEvent) => logEvent(logger, event) }),
    })
    await new Promise<void>((resolve, reject) =>
      cluster.start((error) => (error === undefined ? resolve() : reject(error))),
    )
    for (const rule of rules) cluster.fault(rule)
    context.out(`bootstrap.servers=${cluster.bootstrapServers}\n`)
    await aborted(context.interrupted)
    await new Promise<void>((resolve) => cluster.stop(resolve))
    return exitCodes.ok
  },
}

function clusterOptions(values: ParsedArguments['values']) {
  const brokers = wholeNumber(values, 'brokers', { min: 1, max: 100 }) ?? 1
  const port = wholeNumber(values, 'port', { min: 0, max: 65_536 - brokers }) ?? portDefault
  const seed = wholeNumber(values, 'seed', { min: 0, max: Number.MAX_SAFE_INTEGER })
  return {
    brokers,
    topics: topicsOf(values),
    ...(port === 0 ? {} : { ports: Array.from({ length: brokers }, (_, i) => port + i) }),
    autoCreateTopics: values['no-auto-create-topics'] !== true,
    ...(seed === undefined ? {} : { seed }),
  }
}

function topicsOf(values: ParsedArguments['values']): Record<string, number> {
  const topics: Record<string, number> = {}
  for (const text of list(values, 'topic')) {
    const match = /^([\w.-]{1,249})(?::(\d{1,5}))?$/.exec(text)
    const partitions = Number(match?.[2] ?? 1)
    if (match === null || partitions < 1 || partitions > 10_000) {
      throw new UsageError(`--topic ${text}: expected name or name:partitions, with 1 to 10000 partitions`)
    }
    topics[match[1]!] = partitions
  }
  return topics
}

function faultRules(values: ParsedArguments['values']): ParsedFaultRule[] {
  return list(values, 'fault').map((text): ParsedFaultRule => {
    let input: unknown
    try {
      input = parse(text)
    } catch (error) {
      throw new UsageError(`--fault ${text}: ${(error as Error).message.split('\n')[0]}`)
    }
    const parsed = parseFaultRule(input)
    if ('rule' in parsed) return parsed.rule
    throw new UsageError(parsed.issues.map((issue) => `--fault: ${pathName(issue.path)}: ${issue.message}`).join('\n'))
  })
}

/** Logs go to stderr: stdout has the one line that scripts read. */
function brokerLogger(values: ParsedArguments['values'], context: CommandContext): Logger | undefined {
  const format = choice(values, 'log', ['pretty', 'json'])
  if (format === undefined) return undefined
  const stderr = { write: (text: string) => context.err(text) }
  // Synchronous on purpose: the last lines before a crash are the ones that matter.
  return format === 'json'
    ? pino({ base: null }, stderr)
    : pino(
        { base: null },
        pretty({ colorize: context.colour, translateTime: 'HH:MM:ss.l', sync: true, destination: 2 }),
      )
}

function logEvent(logger: Logger, { event, atMs: _, ...details }: BrokerEvent): void {
  const plain = Object.fromEntries(
    Object.entries(details).map(([key, value]) => [key, typeof value === 'bigint' ? value.toString() : value]),
  )
  if (event === 'finding') logger.warn(plain, event)
  else logger.info(plain, event)
}

function list(values: ParsedArguments['values'], name: string): readonly string[] {
  const value = values[name]
  return Array.isArray(value) ? value : []
}
