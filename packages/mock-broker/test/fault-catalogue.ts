import type { FaultAction, FaultRule, RequestConditions } from '../src/core.ts'

/** Something that can happen to a producer, and how a test makes it happen. */
export interface CataloguedFault {
  readonly row: number
  readonly fault: string
  /** Rules that do it; each acts on ordinary traffic. */
  readonly rules?: readonly FaultRule[]
  /** What does it besides rules, or why no rule does. */
  readonly note?: string
  /** Tests by the beginning of their titles, and scenarios by their files. */
  readonly shownBy?: readonly string[]
}

const to =
  (api: string) =>
  (action: FaultAction, on: RequestConditions = {}): FaultRule => ({ on: { api, ...on }, do: action })
const produce = to('Produce')
const metadata = to('Metadata')
const apiVersions = to('ApiVersions')
const initProducerId = to('InitProducerId')
const soon = (action: FaultAction): FaultRule => ({ at: '100ms', do: action })
const answer = 'responses.*.partitionResponses.*'
const orders0 = { topic: 'orders', partition: 0 }
const clientSide = 'A matter of the process of the client, not of a cluster.'

/** Every fault that was found worth playing, from the connection to the process. */
export const faultCatalogue: readonly CataloguedFault[] = [
  { row: 1, fault: 'connection refused', rules: [soon({ refuse: 2, for: '1s' })] },
  {
    row: 2,
    fault: 'connecting never ends',
    rules: [{ on: { broker: 1, nth: 1 }, do: { hang: 'connection' } }],
    note: 'The rule is the nearest thing over TCP, where the kernel opens the connection. The simulated network can let an attempt go unanswered.',
    shownBy: ['network client: an address that never answers is given up after the setup timeout, which grows'],
  },
  {
    row: 3,
    fault: 'connected, then closed before the first byte',
    rules: [{ on: { broker: 1, nth: 1 }, do: { accept: 'then-close' } }],
  },
  { row: 4, fault: 'ApiVersions is never answered', rules: [apiVersions({ drop: 'request' })] },
  {
    row: 5,
    fault: 'ApiVersions is answered with error 35 in version 0',
    note: 'What an old release does by itself: the option `kafka`, also per broker.',
    shownBy: ['A1: an unknown version is answered in version 0'],
  },
  {
    row: 6,
    fault: 'a broker serves less after a reconnect (rolling downgrade)',
    rules: [soon({ roll: 'all', down: '10ms', pause: '10ms', to: '3.7' })],
    shownBy: ['roll: to another release, at other ports'],
  },
  {
    row: 7,
    fault: 'something in between resets handshakes of a new version',
    rules: [apiVersions({ disconnect: 'before-handling' }, { version: 3 })],
  },
  { row: 8, fault: 'a SASL step is refused, stalls, or ends a session', note: 'SASL is not played.' },
  { row: 9, fault: 'a TLS handshake stalls, or the certificate changes', note: 'TLS is not played.' },
  {
    row: 10,
    fault: 'the bootstrap address answers, the brokers it names do not',
    rules: [metadata({ edit: { 'brokers.*.port': 1 } })],
  },
  {
    row: 11,
    fault: 'a name has several addresses, the first of them dead',
    note: 'Names are resolved on the side of the client; brokers here are reached by address.',
  },
  {
    row: 12,
    fault: 'two node ids behind one address, or a node that moves',
    rules: [
      metadata({ edit: { 'brokers.0.port': 9, 'brokers.1.port': 9 } }),
      soon({ roll: [2], down: '10ms', ports: 'new' }),
    ],
    shownBy: ['network client: a node that moved is found at its new address'],
  },
  {
    row: 13,
    fault: 'answers cut into pieces, down to single bytes',
    rules: [produce({ slice: 1 }), produce({ drip: 8, every: '1ms' }, { nth: 2 })],
  },
  { row: 14, fault: 'several answers in one piece', rules: [produce({ clog: '50ms' })] },
  {
    row: 15,
    fault: 'latency with jitter, in order within a connection',
    rules: [{ on: { broker: 1 }, do: { delay: '5ms', jitter: '30ms', side: 'response' }, times: 'always' }],
  },
  {
    row: 16,
    fault: 'one direction is blocked, then everything at once',
    rules: [produce({ clog: '200ms' }), produce({ clog: '200ms', side: 'request' }, { nth: 2 })],
  },
  {
    row: 17,
    fault: 'a thin line; a reader that does not read',
    rules: [produce({ bandwidth: '4KiB', for: '1s' }), produce({ stall: '300ms' }, { nth: 2 })],
  },
  {
    row: 18,
    fault: 'reset before a request is written whole',
    rules: [{ on: { broker: 1, nth: 1 }, do: { accept: 'then-reset', bytes: 20 } }],
  },
  {
    row: 19,
    fault: 'reset after the request arrived, before it is handled',
    rules: [produce({ disconnect: 'before-handling' })],
  },
  {
    row: 20,
    fault: 'reset after the append, never answered',
    rules: [produce({ disconnect: 'after-handling' })],
    shownBy: ['scenarios/network/connection-reset-after-append.yaml'],
  },
  {
    row: 21,
    fault: 'reset in the middle of an answer',
    rules: [produce({ truncate: 10, how: 'reset' })],
    shownBy: ['scenarios/network/an-answer-that-breaks-off.yaml'],
  },
  { row: 22, fault: 'an answer and right behind it the end', rules: [produce({ disconnect: 'after-answering' })] },
  {
    row: 23,
    fault: 'silent death: no end, no reset, no data',
    rules: [produce({ drop: 'request' }), soon({ 'cut-off': 2, for: '1s' })],
    shownBy: ['scenarios/network/a-connection-that-hangs.yaml'],
  },
  {
    row: 24,
    fault: 'closed for idleness while a request is written',
    rules: [{ on: { broker: 1 }, do: { 'idle-close': '1ms' } }],
  },
  { row: 25, fault: 'a wrong byte in an answer', rules: [produce({ corrupt: 'body' })] },
  {
    row: 26,
    fault: 'a length that is negative, or gigantic',
    rules: [produce({ corrupt: 'length' }), produce({ corrupt: 'length', xor: 127 }, { nth: 2 })],
    shownBy: ['scenarios/network/a-corrupt-length.yaml'],
  },
  {
    row: 27,
    fault: 'an answer that nobody asked for, or the same one twice',
    rules: [produce({ 'wrong-correlation-id': 1000 }), produce({ duplicate: 'response' }, { nth: 2 })],
    shownBy: ['scenarios/network/answers-twice.yaml', 'scenarios/network/wrong-correlation-id.yaml'],
  },
  { row: 28, fault: 'answers out of order', rules: [produce({ swap: 'response' })] },
  {
    row: 29,
    fault: 'an error that passes, nothing appended',
    rules: [
      'NOT_ENOUGH_REPLICAS',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'NOT_LEADER_OR_FOLLOWER',
      'KAFKA_STORAGE_ERROR',
      'CORRUPT_MESSAGE',
    ]
      .map((error, i) => produce({ error }, { nth: i + 1 }))
      .concat(produce({ 'disk-full': 'leader', for: '300ms' }, { nth: 6 })),
    shownBy: ['scenarios/delivery/not-enough-replicas-is-retried.yaml', 'scenarios/delivery/a-disk-is-full.yaml'],
  },
  {
    row: 30,
    fault: 'an error that passes, after the append',
    rules: ['REQUEST_TIMED_OUT', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'NOT_LEADER_OR_FOLLOWER'].map((error, i) =>
      produce({ error, after: 'append' }, { nth: i + 1 }),
    ),
  },
  {
    row: 31,
    fault: 'a final error for one partition of many',
    rules: [produce({ error: 'TOPIC_AUTHORIZATION_FAILED' }, orders0)],
    shownBy: ['error: with a partition only that one fails'],
  },
  { row: 32, fault: 'the whole request fails', rules: [produce({ error: 'UNKNOWN_SERVER_ERROR' })] },
  {
    row: 33,
    fault: 'MESSAGE_TOO_LARGE for a batch of many, or of one',
    rules: [produce({ error: 'MESSAGE_TOO_LARGE' })],
    note: 'Or a topic with a small `max.message.bytes`.',
    shownBy: ['scenarios/delivery/record-above-the-limit-fails-alone.yaml'],
  },
  {
    row: 34,
    fault: 'an error that names some records of a batch',
    rules: [
      produce({
        edit: {
          [`${answer}.errorCode`]: 'INVALID_RECORD',
          [`${answer}.recordErrors`]: [{ batchIndex: 0, batchIndexErrorMessage: 'not this one' }],
        },
      }),
    ],
  },
  {
    row: 35,
    fault: 'OUT_OF_ORDER_SEQUENCE_NUMBER, with a gap and without',
    rules: [produce({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })],
    note: 'With a real gap a broker gives it by itself.',
    shownBy: ['lose-producer-state: a retry is written again, and a gap goes unseen'],
  },
  {
    row: 36,
    fault: 'INVALID_PRODUCER_EPOCH, UNKNOWN_PRODUCER_ID, PRODUCER_FENCED',
    rules: ['INVALID_PRODUCER_EPOCH', 'UNKNOWN_PRODUCER_ID', 'PRODUCER_FENCED'].map((error, i) =>
      produce({ error }, { nth: i + 1 }),
    ),
  },
  {
    row: 37,
    fault: 'a duplicate is acknowledged with its first offset and time',
    note: 'What brokers do.',
    shownBy: ['B26: an exact duplicate of one of the last five batches is answered like the original'],
  },
  { row: 38, fault: 'no error, and base offset -1', rules: [produce({ edit: { [`${answer}.baseOffset`]: -1 } })] },
  {
    row: 39,
    fault: 'an answer without a partition, or with one that was not asked for',
    rules: [produce({ edit: { responses: [] } }), produce({ edit: { [`${answer}.index`]: 99 } }, { nth: 2 })],
    shownBy: ['scenarios/delivery/an-answer-without-the-partition.yaml'],
  },
  {
    row: 40,
    fault: 'acks=0: no answer, and the end of the connection on an error',
    note: 'What brokers do; `error` on such a request closes its connection.',
    shownBy: ['P8: acks=0 with any failed partition closes the connection', 'error: with acks=0 closes the connection'],
  },
  {
    row: 41,
    fault: 'throttled, briefly and for long',
    rules: [produce({ throttle: '20ms' }), produce({ throttle: '1h', mute: false }, { nth: 2 })],
    shownBy: ['scenarios/delivery/throttled-by-the-broker.yaml'],
  },
  {
    row: 42,
    fault: 'an answer just before, or just after, the request timeout',
    rules: [produce({ delay: '30ms', side: 'response' }), soon({ lag: '30ms', for: '1s' })],
    shownBy: ['scenarios/delivery/answer-after-the-request-timeout.yaml'],
  },
  {
    row: 43,
    fault: 'an answer after the client gave up and connected again',
    rules: [produce({ clog: '1s' })],
    shownBy: ['scenarios/delivery/answer-after-the-request-timeout.yaml'],
  },
  {
    row: 44,
    fault: 'the leader moves, with a hint where to, without, or with a wrong one',
    rules: [soon({ 'move-leader': { ...orders0, to: 3 } })],
    note: 'Hints come from Produce 10 on: `apiVersions` takes them away, `stale-metadata` makes them wrong.',
    shownBy: [
      'scenarios/ordering/leader-moves-while-batches-are-in-flight.yaml',
      'scenarios/compatibility/leader-moves-on-an-old-broker.yaml',
    ],
  },
  {
    row: 45,
    fault: 'metadata of the past, so that epochs go backwards',
    rules: [soon({ 'stale-metadata': 2, for: '1s' })],
    shownBy: ['scenarios/metadata/a-broker-with-stale-metadata.yaml'],
  },
  {
    row: 46,
    fault: 'brokers disagree about the cluster',
    rules: [soon({ 'stale-metadata': 2 }), soon({ 'stale-metadata': 3, for: '500ms' })],
    shownBy: ['stale-metadata: one broker tells who led before'],
  },
  {
    row: 47,
    fault: 'a topic vanishes from metadata and returns',
    rules: [{ ...metadata({ error: 'UNKNOWN_TOPIC_OR_PARTITION' }, { topic: 'orders' }), times: 3 }],
  },
  {
    row: 48,
    fault: 'a topic is deleted, and made anew',
    rules: [produce({ 'recreate-topic': 'orders' }, { nth: 3 }), soon({ 'delete-topic': 'payments', for: '100ms' })],
  },
  {
    row: 49,
    fault: 'partitions are added, and a broker has not heard of it',
    rules: [
      soon({ 'stale-metadata': 2, for: '500ms' }),
      { at: '200ms', do: { 'add-partitions': { topic: 'orders', count: 9 } } },
    ],
    shownBy: ['scenarios/metadata/partitions-are-added.yaml'],
  },
  {
    row: 50,
    fault: 'a partition without a leader for a while',
    rules: [soon({ 'no-leader': orders0, for: '500ms' })],
    shownBy: ['scenarios/metadata/a-partition-without-a-leader.yaml'],
  },
  {
    row: 51,
    fault: 'fewer in sync than min.insync.replicas for a while',
    rules: [soon({ 'shrink-isr': { topic: 'orders' } }), { at: '500ms', do: { 'grow-isr': { topic: 'orders' } } }],
    shownBy: ['scenarios/delivery/too-few-replicas-in-sync.yaml'],
  },
  {
    row: 52,
    fault: 'a rolling restart, at the same ports or at others',
    rules: [
      soon({ roll: 'all', down: '50ms', pause: '50ms' }),
      { at: '1s', do: { roll: [1, 2], down: '10ms', pause: '10ms', ports: 'new' } },
    ],
    shownBy: ['scenarios/network/rolling-restart.yaml'],
  },
  {
    row: 53,
    fault: 'all brokers are down for longer than anybody waits',
    rules: [
      soon({ 'kill-broker': 'all', for: '500ms' }),
      { at: '1s', do: { 'stop-broker': 'all' } },
      ...[1, 2, 3].map((id): FaultRule => ({ at: '2s', do: { 'start-broker': id } })),
    ],
  },
  {
    row: 54,
    fault: 'all brokers are replaced by others',
    rules: [
      soon({ 'add-broker': { id: 7 } }),
      soon({ 'add-broker': { id: 8 } }),
      { at: '300ms', do: { 'remove-broker': 3 } },
    ],
    shownBy: ['scenarios/network/all-brokers-are-replaced.yaml'],
  },
  {
    row: 55,
    fault: 'metadata with several errors beside good topics',
    rules: [
      metadata({
        edit: { 'topics.0.errorCode': 'TOPIC_AUTHORIZATION_FAILED', 'topics.1.errorCode': 'INVALID_TOPIC_EXCEPTION' },
      }),
    ],
  },
  {
    row: 56,
    fault: 'metadata comes late, or never, while records flow',
    rules: [metadata({ delay: '300ms', side: 'response' }), metadata({ drop: 'response' }, { nth: 2 })],
  },
  {
    row: 57,
    fault: 'a topic that is just being made: error 3, then 5, then none',
    rules: [metadata({ error: 'LEADER_NOT_AVAILABLE' }, { topic: 'orders', nth: 2 })],
    note: 'Brokers say 3 by themselves (M3).',
  },
  {
    row: 58,
    fault: 'the network is split between clients and some brokers, whole or one way',
    rules: [soon({ 'cut-off': 2, for: '300ms' }), soon({ 'cut-off': 3, side: 'response', for: '300ms' })],
  },
  {
    row: 59,
    fault: 'InitProducerId is refused, or never answered',
    rules: [
      initProducerId({ error: 'COORDINATOR_LOAD_IN_PROGRESS' }),
      initProducerId({ error: 'REQUEST_TIMED_OUT' }, { nth: 2 }),
      initProducerId({ error: 'CLUSTER_AUTHORIZATION_FAILED' }, { nth: 3 }),
      initProducerId({ drop: 'request' }, { nth: 4 }),
    ],
  },
  {
    row: 60,
    fault: 'a broker forgets producers, by expiry or by an unclean election',
    rules: [
      produce({ 'lose-producer-state': { topic: 'orders' } }, { nth: 3 }),
      soon({ 'unclean-election': { ...orders0, to: 2 } }),
    ],
  },
  {
    row: 61,
    fault: 'of each producer only the last batch is known, as after a restart',
    rules: [produce({ 'lose-producer-state': { topic: 'orders' }, keep: 'last' }, { nth: 3 })],
  },
  {
    row: 62,
    fault: 'sequences and correlation ids next to 2^31, epochs next to 32767',
    rules: [initProducerId({ edit: { producerEpoch: 32_766 } })],
    note: 'Where sequences and correlation ids begin is up to the client.',
    shownBy: ['partition sequences: across the wrap a retry waits', 'network client: correlation ids wrap on the wire'],
  },
  {
    row: 63,
    fault: 'fenced by a twin with the same transactional id',
    rules: [produce({ error: 'PRODUCER_FENCED' })],
    note: 'Transactions are not played, so there is no twin: the rule says what it would lead to.',
  },
  {
    row: 64,
    fault: 'a wall clock jumps or drifts',
    rules: [
      soon({ 'clock-skew': 1, ahead: '1h', for: '300ms' }),
      { at: '500ms', do: { 'clock-skew': 'all', behind: '1h' } },
    ],
    note: 'Of brokers. That of a client is a seam of its runtime (`Clock.wallMs`), and its timers do not read it.',
  },
  { row: 65, fault: 'the event loop of the client is blocked', note: clientSide },
  { row: 66, fault: 'the process of the client is suspended', note: clientSide },
  { row: 67, fault: 'two deadlines in the same millisecond', note: clientSide },
  {
    row: 68,
    fault: 'a callback throws, rejects, or sends, flushes and closes',
    note: clientSide,
    shownBy: ['producer core: a callback that throws is logged', 'callbacks: they may send, flush and close'],
  },
  { row: 69, fault: 'the caller changes a buffer after the send', note: clientSide },
  {
    row: 70,
    fault: 'close and flush at any moment, twice, with little time',
    note: clientSide,
    shownBy: ['close: twice, at the same time and later, is one close'],
  },
  {
    row: 71,
    fault: 'memory is full and several wait for it',
    note: clientSide,
    shownBy: ['producer core: without memory sends queue in order'],
  },
  { row: 72, fault: 'compression is slow, or fails', note: clientSide },
  {
    row: 73,
    fault: 'a partitioner throws, or answers nonsense',
    note: clientSide,
    shownBy: ['admission: a partitioner that throws fails its record alone'],
  },
]
