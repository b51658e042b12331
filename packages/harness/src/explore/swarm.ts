import type { FaultAction, FaultRule, RequestConditions } from '@harrow/mock-broker/core'
import type { Random } from '@harrow/runtime'

/** What faults are drawn to fit. */
export interface SwarmContext {
  readonly topic: string
  readonly brokers: number
  readonly partitions: number
  readonly requestTimeoutMs: number
  readonly deliveryTimeoutMs: number
}

/** Several rules belong together: what one begins another ends. */
type Draw = (random: Random, context: SwarmContext) => FaultRule | readonly FaultRule[]

/** What matters to batches that are on their way one behind another. */
export const pipelineFaults: readonly FaultClass[] = [
  'left-behind',
  'refused-when-tried-again',
  'two-left-behind',
  'part-left-behind',
  'fenced-when-tried-again',
  'too-large-when-tried-again',
  'refused-for-now',
  'refused-after-append',
  'refused-for-good',
  'lost-answer',
  'late-answer',
  'broken-connection',
  'too-large',
  'fenced',
  'leader-stops',
  'epochs-run-out',
  'producers-half-forgotten',
  'producers-forgotten',
  'unclean-election',
  'topic-made-anew',
]

/**
 * Everything that may go wrong in an explored run, in classes that a seed switches on and off as a whole. Errors only
 * where a real broker could give them: one that claims a gap in sequences that it has not got would make a correct
 * producer write twice.
 */
export const faultClasses = {
  'lost-answer': onProduce({ drop: 'response' }),
  'lost-request': onProduce({ drop: 'request' }),
  'broken-connection': (random, context) =>
    rule(random, context, 'Produce', {
      disconnect: pick(random, ['before-handling', 'after-handling']),
      how: pick(random, ['fin', 'reset']),
    }),
  'slow-request': (random, context) =>
    rule(random, context, 'Produce', { delay: durationMs(random, context), side: 'request' }),
  'slow-answer': (random, context) =>
    rule(random, context, 'Produce', { delay: durationMs(random, context), side: 'response' }),
  /** Just before, at and after the moment at which the producer gives up. */
  'late-answer': (random, context) =>
    rule(random, context, 'Produce', {
      delay: Math.max(0, context.requestTimeoutMs + pick(random, [-3, -1, 0, 1, 3])),
      side: 'response',
    }),
  'refused-for-now': (random, context) =>
    rule(random, context, 'Produce', {
      error: pick(random, [
        'NOT_LEADER_OR_FOLLOWER',
        'NOT_ENOUGH_REPLICAS',
        'KAFKA_STORAGE_ERROR',
        'UNKNOWN_TOPIC_OR_PARTITION',
        'LEADER_NOT_AVAILABLE',
      ]),
    }),
  'refused-after-append': (random, context) =>
    rule(random, context, 'Produce', {
      error: pick(random, ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'REQUEST_TIMED_OUT', 'NOT_LEADER_OR_FOLLOWER']),
      after: 'append',
    }),
  'refused-for-good': (random, context) =>
    rule(random, context, 'Produce', {
      error: pick(random, ['TOPIC_AUTHORIZATION_FAILED', 'INVALID_RECORD', 'INVALID_REQUIRED_ACKS']),
    }),
  'too-large': onProduce({ error: 'MESSAGE_TOO_LARGE' }),
  /**
   * A batch that is appended, or tried, without anybody hearing of it, and refused when it comes again: brokers check sizes,
   * rights and epochs before they look for duplicates.
   */
  'refused-when-tried-again': (random, context) => {
    const partition = random.fork('partition').below(context.partitions)
    const nth = 1 + random.fork('nth').below(6)
    const on = { api: 'Produce', topic: context.topic, partition }
    const lost = pick<FaultAction>(random.fork('lost'), [
      { drop: 'response' },
      { disconnect: 'after-handling' },
      { error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', after: 'append' },
      { edit: { 'responses.*.partitionResponses': [] } },
    ])
    const error = pick(random.fork('error'), [
      'MESSAGE_TOO_LARGE',
      'MESSAGE_TOO_LARGE',
      'INVALID_PRODUCER_EPOCH',
      'INVALID_PRODUCER_EPOCH',
      'PRODUCER_FENCED',
      'TOPIC_AUTHORIZATION_FAILED',
      'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    ])
    const after = error === 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' ? ({ after: 'append' } as const) : {}
    return [
      { on: { ...on, nth }, do: lost },
      {
        on: { ...on, after: nth + random.fork('others').below(6) },
        do: { error, ...after },
        times: pick(random.fork('times'), [1, 1, 3, 20]),
      },
    ]
  },
  /** While one batch is refused again and again, its successors get through: every second request of its partition is its. */
  'left-behind': (random, context) => ({
    on: {
      api: 'Produce',
      topic: context.topic,
      partition: random.fork('partition').below(context.partitions),
      after: 1 + random.fork('after').below(4),
      every: 2,
    },
    do: pick<FaultAction>(random.fork('action'), [
      { error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', after: 'append' },
      { error: 'REQUEST_TIMED_OUT', after: 'append' },
      { error: 'NOT_ENOUGH_REPLICAS' },
      { edit: { 'responses.*.partitionResponses': [] } },
    ]),
    times: pick(random.fork('times'), [4, 8, 12]),
  }),
  /** Two batches are left out of their answers, and when they come again the second is refused for good: a later one is through. */
  'two-left-behind': (random, context) => {
    const { on, nth } = placeOf(random, context)
    const lost = unheard(random)
    const error = pick(random.fork('error'), ['TOPIC_AUTHORIZATION_FAILED', 'INVALID_RECORD', 'MESSAGE_TOO_LARGE'])
    return [
      { on: { ...on, nth }, do: lost },
      { on: { ...on, nth: nth + 1 }, do: lost },
      { on: { ...on, nth: nth + 2 + random.fork('others').below(7) }, do: { error } },
    ]
  },
  /** A batch is split, and one of its parts is asked for again while its successors get through. */
  'part-left-behind': (random, context) => {
    const { on } = placeOf(random, context)
    // Behind the first batch of all nothing is on its way yet.
    const nth = pick(random.fork('nth'), [1, 1, 1, 1, 2, 4])
    return [
      { on: { ...on, nth }, do: { error: 'MESSAGE_TOO_LARGE' } },
      { on: { ...on, nth: nth + pick(random.fork('others'), [2, 3]) }, do: unheard(random) },
    ]
  },
  /** A batch that nobody has heard of is refused when it comes again, after later ones were confirmed: a later epoch was seen. */
  'fenced-when-tried-again': (random, context) => {
    const { on, nth } = placeOf(random, context)
    return [
      { on: { ...on, nth }, do: unheard(random) },
      { on: { ...on, nth: nth + 2 + random.fork('others').below(5) }, do: { error: 'INVALID_PRODUCER_EPOCH' } },
    ]
  },
  /** The limit of a topic is lowered while batches are on their way, of which some are in the log: so are their parts. */
  'too-large-when-tried-again': (random, context) => {
    const { on, nth } = placeOf(random, context)
    return [
      { on: { ...on, nth }, do: unheard(random) },
      { on: { ...on, after: nth }, do: { error: 'MESSAGE_TOO_LARGE' }, times: pick(random.fork('times'), [5, 20, 60]) },
    ]
  },
  fenced: (random, context) =>
    rule(random, context, 'Produce', {
      error: pick(random, ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'CLUSTER_AUTHORIZATION_FAILED']),
    }),
  /** The broker's quota is used up, and it says so. Over before the probes come. */
  throttled: (random, context) =>
    rule(random, context, 'Produce', {
      throttle: Math.min(durationMs(random.fork('duration'), context), context.requestTimeoutMs),
      mute: random.fork('mute').below(2) === 0,
    }),
  /**
   * Answers that no broker gives: the connection has to end, and nothing may be taken for something else. Wrong ids are far
   * from the right ones: where answers are swapped too, the neighbour's id would be a lie that no client can see through.
   */
  'strange-answer': (random, context) =>
    rule(
      random,
      context,
      pick(random.fork('api'), ['Produce', 'Produce', 'Metadata', 'ApiVersions']),
      pick<FaultAction>(random.fork('action'), [
        { 'wrong-correlation-id': 1_000 },
        { 'wrong-correlation-id': -1_000 },
        { duplicate: 'response' },
        { corrupt: 'length', xor: 127 },
        { truncate: 3 },
        { truncate: 11 },
      ]),
    ),
  /** The answer leaves out all partitions that were asked. */
  'answer-without-partitions': onProduce({ edit: { 'responses.*.partitionResponses': [] } }),
  /** A connection that opens, and on which nothing is ever heard. */
  'silent-connection': (random, context) => ({
    on: { broker: 1 + random.fork('broker').below(context.brokers), nth: 1 + random.fork('nth').below(3) },
    do: { hang: 'connection' },
  }),
  /** An answer that was overtaken: it names the first leader of a partition, of the first epoch (M9). */
  'metadata-of-the-past': (random, context) => {
    const partition = random.fork('partition').below(context.partitions)
    const at = `topics.0.partitions.${partition}`
    return rule(random, context, 'Metadata', {
      edit: { [`${at}.leaderEpoch`]: 0, [`${at}.leaderId`]: 1 + (partition % context.brokers) },
    })
  },
  /** A topic that is there, and of which a broker has not heard yet. */
  'topic-not-known-yet': (random, context) =>
    rule(random, context, 'Metadata', { error: pick(random, ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']) }),
  metadata: (random, context) =>
    rule(
      random,
      context,
      'Metadata',
      pick<FaultAction>(random, [
        { drop: 'response' },
        { disconnect: 'before-handling' },
        { disconnect: 'after-handling' },
        { delay: durationMs(random.fork('duration'), context), side: 'response' },
      ]),
    ),
  'producer-id': (random, context) =>
    rule(
      random,
      context,
      'InitProducerId',
      pick<FaultAction>(random, [
        { error: 'COORDINATOR_LOAD_IN_PROGRESS' },
        { error: 'COORDINATOR_NOT_AVAILABLE' },
        { error: 'CLUSTER_AUTHORIZATION_FAILED' },
        { drop: 'response' },
        { disconnect: 'before-handling' },
        { delay: durationMs(random.fork('duration'), context), side: 'response' },
      ]),
    ),
  /** The epochs of this producer id are used up, or nearly. */
  'epochs-run-out': (random) => ({
    on: { api: 'InitProducerId', nth: 1 },
    do: { edit: { producerEpoch: pick(random.fork('epoch'), [32_766, 32_767, 32_767]) } },
  }),
  /** Nobody leads, and then an answer of the past comes that says nothing of it. */
  'no-leader-and-the-past': (random, context) => {
    const partition = random.fork('partition').below(context.partitions)
    const at = `topics.0.partitions.${partition}`
    return [
      {
        at: atMs(random, context),
        do: { 'no-leader': { topic: context.topic, partition }, for: shortMs(random.fork('duration'), context) },
      },
      {
        on: { api: 'Metadata', after: 1 + random.fork('after').below(4) },
        do: {
          edit: {
            [`${at}.leaderEpoch`]: 0,
            [`${at}.leaderId`]: 1 + (partition % context.brokers),
            [`${at}.errorCode`]: 0,
          },
        },
        times: pick(random.fork('times'), [1, 2, 4]),
      },
    ]
  },
  /** The hint in a refusal is older than what metadata says (KIP-951). */
  'hint-of-the-past': (random, context) => {
    const partition = random.fork('partition').below(context.partitions)
    const leaderId = 1 + random.fork('leader').below(context.brokers)
    const at = 'responses.*.partitionResponses.*'
    return [
      { at: atMs(random, context), do: { 'move-leader': { topic: context.topic, partition } } },
      {
        on: { api: 'Produce', topic: context.topic, partition, after: 1 + random.fork('after').below(6) },
        do: {
          edit: {
            [`${at}.errorCode`]: 'NOT_LEADER_OR_FOLLOWER',
            [`${at}.currentLeader.leaderId`]: leaderId,
            [`${at}.currentLeader.leaderEpoch`]: 0,
          },
        },
        times: pick(random.fork('times'), [1, 2]),
      },
    ]
  },
  handshake: (random, context) =>
    rule(
      random,
      context,
      'ApiVersions',
      pick<FaultAction>(random, [
        { drop: 'response' },
        { disconnect: 'before-handling' },
        { delay: durationMs(random.fork('duration'), context), side: 'request' },
      ]),
    ),
  'broker-stops': (random, context) => ({
    at: atMs(random, context),
    do: {
      'stop-broker': 1 + random.fork('broker').below(context.brokers),
      for: Math.round(durationMs(random.fork('duration'), context)),
      how: pick(random.fork('how'), ['fin', 'reset']),
    },
  }),
  'leader-stops': (random, context) =>
    rule(random, context, 'Produce', {
      'stop-broker': 'leader',
      for: durationMs(random.fork('duration'), context),
      how: pick(random.fork('how'), ['fin', 'reset']),
    }),
  'leader-moves': (random, context) => ({
    at: atMs(random, context),
    do: { 'move-leader': { topic: context.topic, partition: random.fork('partition').below(context.partitions) } },
  }),
  /** While a batch is held up on its way, all leaders move: whoever hears of it elsewhere may send the next one past it. */
  'leaders-move-under-way': (random, context) => {
    const { topic, partitions, requestTimeoutMs } = context
    const name = `held ${random.fork('name').below(2 ** 31)}`
    const side = pick(random.fork('side'), ['request', 'request', 'response'] as const)
    return [
      {
        name,
        on: { api: 'Produce', nth: 1 + random.fork('nth').below(8) },
        do: { delay: Math.ceil(requestTimeoutMs / 2), side },
      },
      ...Array.from({ length: partitions }, (_, partition) => ({
        once: { hit: name },
        at: 1,
        do: { 'move-leader': { topic, partition } },
      })),
    ]
  },
  /** An answer in the smallest of pieces, whatever else the network does. */
  'answer-in-slices': (random, context) =>
    rule(random, context, pick(random.fork('api'), ['Produce', 'Metadata', 'ApiVersions']), {
      slice: pick(random.fork('bytes'), [1, 3, 64]),
    }),
  /** Late answers come together, in one piece. */
  clogged: (random, context) =>
    rule(random, context, 'Produce', {
      clog: shortMs(random.fork('duration'), context),
      side: pick(random.fork('side'), ['request', 'response']),
    }),
  /** A broker that stops reading. */
  stalled: (random, context) => rule(random, context, 'Produce', { stall: shortMs(random.fork('duration'), context) }),
  'thin-line': (random, context) =>
    rule(random, context, 'Produce', {
      bandwidth: pick(random.fork('bytes'), [2_000, 20_000, 200_000]),
      for: shortMs(random.fork('duration'), context),
    }),
  /** A proxy in front of a broker that is down. */
  'door-that-closes': (random, context) => ({
    on: { broker: 1 + random.fork('broker').below(context.brokers), nth: 1 + random.fork('nth').below(4) },
    do: { accept: pick(random.fork('how'), ['then-close', 'then-reset']) },
  }),
  /** Busy ones too, if their requests are far apart. */
  'closed-when-idle': (random, context) => ({
    on: { broker: 1 + random.fork('broker').below(context.brokers) },
    do: { 'idle-close': 1 + random.fork('duration').below(context.requestTimeoutMs) },
    times: pick(random.fork('times'), [1, 3, 10]),
  }),
  'connections-refused': (random, context) => ({
    at: atMs(random, context),
    do: {
      refuse: 1 + random.fork('broker').below(context.brokers),
      for: shortMs(random.fork('duration'), context),
    },
  }),
  'broker-killed': (random, context) => ({
    at: atMs(random, context),
    do: {
      'kill-broker': 1 + random.fork('broker').below(context.brokers),
      for: Math.round(durationMs(random.fork('duration'), context)),
    },
  }),
  /** Clients and a broker no longer hear each other, or one does not hear the other; afterwards everything arrives. */
  'cut-off': (random, context) => {
    const side = pick(random.fork('side'), [undefined, 'request', 'response'] as const)
    return {
      at: atMs(random, context),
      do: {
        'cut-off': 1 + random.fork('broker').below(context.brokers),
        for: shortMs(random.fork('duration'), context),
        ...(side === undefined ? {} : { side }),
      },
    }
  },
  'rolling-restart': (random, context) => ({
    at: atMs(random, context),
    do: {
      roll: 'all',
      down: Math.ceil(shortMs(random.fork('down'), context) / 8),
      pause: Math.ceil(shortMs(random.fork('pause'), context) / 8),
    },
  }),
  /** acks=all waits for them, until they are in sync no more. */
  'followers-lag': (random, context) => ({
    at: atMs(random, context),
    do: { lag: shortMs(random.fork('lag'), context), for: shortMs(random.fork('duration'), context) },
  }),
  /** A broker that its controller does not reach: it tells leaders of the past. */
  'broker-out-of-date': (random, context) => ({
    at: atMs(random, context),
    do: {
      'stale-metadata': 1 + random.fork('broker').below(context.brokers),
      for: shortMs(random.fork('duration'), context),
    },
  }),
  /** An answer that overtakes another: no stream of one connection does that. */
  'answers-swapped': onProduce({ swap: 'response' }),
  /** Bytes that come one by one, so that an answer is long under way. */
  'answer-drips': (random, context) =>
    rule(random, context, pick(random.fork('api'), ['Produce', 'Metadata', 'ApiVersions']), {
      drip: pick(random.fork('bytes'), [1, 7, 40]),
      every: pick(random.fork('every'), [1, 3]),
    }),
  /** Topics with LogAppendTime are stamped wrongly; nothing else may change. */
  'clock-wrong': (random, context) => ({
    at: atMs(random, context),
    do: {
      'clock-skew': 1 + random.fork('broker').below(context.brokers),
      [pick(random.fork('direction'), ['ahead', 'behind'])]: pick(random.fork('by'), [5, 3_600_000]),
      for: shortMs(random.fork('duration'), context),
    } as FaultAction,
  }),
  'out-of-sync': (random, context) => ({
    at: atMs(random, context),
    do: { 'shrink-isr': { topic: context.topic }, for: shortMs(random.fork('duration'), context) },
  }),
  'no-leader': (random, context) => ({
    at: atMs(random, context),
    do: {
      'no-leader': { topic: context.topic, partition: random.fork('partition').below(context.partitions) },
      for: shortMs(random.fork('duration'), context),
    },
  }),
  'disk-full': (random, context) =>
    rule(random, context, 'Produce', { 'disk-full': 'leader', for: shortMs(random.fork('duration'), context) }),
  /** A broker comes back at another address, as containers do. Where clients first ask one stays. */
  'address-changes': (random, context) => ({
    at: atMs(random, context),
    do: {
      roll: [context.brokers === 1 ? 1 : 2 + random.fork('broker').below(context.brokers - 1)],
      down: shortMs(random.fork('down'), context),
      ...(context.brokers === 1 ? {} : { ports: 'new' as const }),
    },
  }),
  /** Of each producer a broker knows the last batch only, as after a restart. */
  'producers-half-forgotten': (random, context) =>
    rule(random, context, 'Produce', {
      'lose-producer-state': { topic: context.topic, partition: random.fork('partition').below(context.partitions) },
      keep: 'last',
    }),
  /** A broker knows nothing of producers any more: it takes whatever number comes, and a retry for something new. */
  'producers-forgotten': (random, context) =>
    rule(random, context, 'Produce', {
      'lose-producer-state': { topic: context.topic, partition: random.fork('partition').below(context.partitions) },
    }),
  /** With `unclean.leader.election.enable`: a replica leads that lacks what was confirmed by the leader alone. */
  'unclean-election': (random, context) => {
    const { topic, partitions } = context
    const at = atMs(random, context)
    const lastsMs = shortMs(random.fork('duration'), context)
    const partition = random.fork('partition').below(partitions)
    return [
      { at, do: { 'shrink-isr': { topic }, for: lastsMs } },
      { at: at + random.fork('after').below(lastsMs), do: { 'unclean-election': { topic, partition } } },
    ]
  },
  /** Deleted, and there again under another id. */
  'topic-made-anew': (random, context) => rule(random, context, 'Produce', { 'recreate-topic': context.topic }),
  'broker-joins': (random, context) => ({ at: atMs(random, context), do: { 'add-broker': {} } }),
  /** For good. The last one stays. */
  'broker-leaves': (random, context) => ({
    at: atMs(random, context),
    do:
      context.brokers === 1
        ? { 'add-broker': {} }
        : { 'remove-broker': 2 + random.fork('broker').below(context.brokers - 1) },
  }),
} as const satisfies Readonly<Record<string, Draw>>

export type FaultClass = keyof typeof faultClasses

function onProduce(action: FaultAction): Draw {
  return (random, context) => rule(random, context, 'Produce', action)
}

/** One of the first requests to a partition. */
function placeOf(random: Random, { topic, partitions }: SwarmContext) {
  const on = { api: 'Produce', topic, partition: random.fork('partition').below(partitions) }
  return { on, nth: 1 + random.fork('nth').below(6) }
}

/** It is appended, the producer does not hear of it, and its connection lives. */
function unheard(random: Random): FaultAction {
  return pick<FaultAction>(random.fork('unheard'), [
    { error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', after: 'append' },
    { edit: { 'responses.*.partitionResponses': [] } },
  ])
}

/** Which requests, and how often. */
function rule(random: Random, context: SwarmContext, api: string, action: FaultAction): FaultRule {
  const on: Mutable<RequestConditions> = { api }
  const where = random.fork('where').below(4)
  if (api === 'Produce' && where < 2) {
    on.topic = context.topic
    on.partition = random.fork('partition').below(context.partitions)
  } else if (where === 2) on.broker = 1 + random.fork('broker').below(context.brokers)
  const when = random.fork('when')
  const kind = when.below(3)
  if (kind === 0) on.nth = 1 + when.below(10)
  else if (kind === 1) on.every = 1 + when.below(6)
  else on.after = when.below(8)
  return { on, do: action, times: pick(random.fork('times'), [1, 1, 1, 2, 3, 6]) }
}

/** Relative to what the producer has patience for: shorter than all of it, around it, longer. */
function durationMs(random: Random, { requestTimeoutMs, deliveryTimeoutMs }: SwarmContext): number {
  const patienceMs = Math.min(pick(random.fork('patience'), [requestTimeoutMs, deliveryTimeoutMs]), 3_000)
  const share = pick(random.fork('share'), [0.1, 0.5, 1.2, 2.5])
  return Math.round(patienceMs * share * (0.5 + random.fork('spread').unit()))
}

/** What lasts beyond its rule: over before the probes come. */
function shortMs(random: Random, context: SwarmContext): number {
  return Math.max(1, Math.min(durationMs(random, context), context.requestTimeoutMs))
}

function atMs(random: Random, { requestTimeoutMs }: SwarmContext): number {
  return random.fork('at').below(Math.round(pick(random.fork('span'), [10, 100, requestTimeoutMs * 3])))
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)]!
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
