import {
  type BrokerEvent,
  ClusterOptionsError,
  MockCluster,
  type ParsedFaultRule,
  parseFaultRule,
  type TopicOptions,
} from '@harrow/mock-broker'
import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import { parse } from 'yaml'
import { pathName } from '../scenario/schema.ts'
import { type ClusterFile, readClusterFile } from './cluster-file.ts'
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
    topic: {
      type: 'string',
      multiple: true,
      value: '<topic>',
      doc: 'A topic to create: name, name:partitions, or name:partitions,config.key=value,...; may be repeated.',
    },
    config: {
      type: 'string',
      value: '<file>',
      doc: 'YAML with `cluster` and `faults`, as in a scenario; the options here go before it.',
    },
    host: { type: 'string', value: '<host>', doc: 'Where to listen and what clients are told. Default 127.0.0.1.' },
    port: {
      type: 'string',
      value: '<port>',
      doc: `Port of the first broker, the others follow; 0 takes any free ports. Default ${portDefault}.`,
    },
    fault: { type: 'string', multiple: true, value: '<rule>', doc: 'A fault rule in YAML or JSON; may be repeated.' },
    'control-port': {
      type: 'string',
      value: '<port>',
      doc: "Serve the control API over HTTP, and toxiproxy's; 0 takes any free port. Default: not at all.",
    },
    'control-host': {
      type: 'string',
      value: '<host>',
      doc: 'Where to serve it. Whoever reaches it controls the cluster. Default 127.0.0.1.',
    },
    'no-auto-create-topics': { type: 'boolean', doc: 'Refuse unknown topics instead of creating them.' },
    seed: { type: 'string', value: '<number>', doc: 'Seed of chance, such as the probability of faults.' },
    log: { type: 'string', value: '<format>', doc: 'Log what happens to stderr: pretty or json. Default: no log.' },
  },
  examples: [
    'harrow broker --brokers 3 --topic orders:6',
    'harrow broker --port 0 --log pretty',
    'harrow broker --topic orders:6,min.insync.replicas=2 --brokers 3 --control-port 8474',
    'harrow broker --config cluster.yaml',
    "harrow broker --topic orders --fault '{ on: { api: Produce, nth: 1 }, do: { drop: response } }'",
  ],
  async run({ operands, values }, context) {
    if (operands.length > 0)
      throw new UsageError(`harrow broker takes no ${operands[0]}: topics are given as --topic ${operands[0]}`)
    const { config } = values
    const file = typeof config === 'string' ? await readClusterFile(config) : undefined
    const rules = [...(file?.faults ?? []), ...faultRules(values)]
    const options = clusterOptions(values, file)
    const controlPort = wholeNumber(values, 'control-port', { min: 0, max: 65_535 })
    const logger = brokerLogger(values, context)
    const trace = logger === undefined ? {} : { trace: (event: BrokerEvent) => logEvent(logger, event) }
    await using cluster = await startCluster(options, trace)
    for (const rule of rules) cluster.fault(rule)
    const controlHost = values['control-host']
    const control =
      controlPort === undefined
        ? undefined
        : await cluster.serveControl({
            port: controlPort,
            ...(typeof controlHost === 'string' ? { host: controlHost } : {}),
          })
    context.out(`bootstrap.servers=${cluster.bootstrapServers}\n`)
    if (control !== undefined) context.out(`control=${control.url}\n`)
    await aborted(context.interrupted)
    return exitCodes.ok
  },
}

/** What the options say wrong together, such as more replicas than brokers, is the caller's mistake. */
async function startCluster(...args: Parameters<typeof MockCluster.start>): Promise<MockCluster> {
  try {
    return await MockCluster.start(...args)
  } catch (error) {
    throw error instanceof ClusterOptionsError ? new UsageError(error.message) : error
  }
}

/** The file's options, and what the command line says instead. */
function clusterOptions(values: ParsedArguments['values'], file: ClusterFile | undefined) {
  const { options = {} } = file ?? {}
  const { brokers: written = 1 } = options
  const brokers = wholeNumber(values, 'brokers', { min: 1, max: 100 })
  const count = brokers ?? (typeof written === 'number' ? written : written.length)
  const port = wholeNumber(values, 'port', { min: 0, max: 65_536 - count })
  const seed = wholeNumber(values, 'seed', { min: 0, max: Number.MAX_SAFE_INTEGER })
  const { host } = values
  // A file that says ports means them; otherwise what everybody expects of Kafka.
  const hasPorts = options.ports !== undefined || (typeof written !== 'number' && written.some((one) => one.port))
  const first = port ?? (hasPorts ? undefined : portDefault)
  return {
    ...options,
    ...(brokers === undefined ? {} : { brokers }),
    ...(typeof host === 'string' ? { host } : {}),
    topics: { ...options.topics, ...topicsOf(values) },
    ...(first === undefined ? {} : { ports: Array.from({ length: count }, (_, i) => (first === 0 ? 0 : first + i)) }),
    ...(values['no-auto-create-topics'] === true ? { autoCreateTopics: false } : {}),
    ...(seed === undefined ? {} : { seed }),
  }
}

function topicsOf(values: ParsedArguments['values']): Record<string, TopicOptions> {
  const topics: Record<string, TopicOptions> = {}
  for (const text of list(values, 'topic')) {
    const [head = '', ...settings] = text.split(',')
    const match = /^([\w.-]{1,249})(?::(\d{1,5}))?$/.exec(head)
    const partitions = Number(match?.[2] ?? 1)
    const pairs = settings.map((setting) => /^([^=]+)=(.*)$/.exec(setting)?.slice(1))
    if (match === null || partitions < 1 || partitions > 10_000 || pairs.includes(undefined)) {
      throw new UsageError(
        `--topic ${text}: expected name, name:partitions or name:partitions,key=value, with 1 to 10000 partitions`,
      )
    }
    topics[match[1]!] = { partitions, config: Object.fromEntries(pairs as [string, string][]) }
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
