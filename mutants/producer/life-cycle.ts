import type { Mutant } from '../mutant.ts'

const core = 'packages/producer/src/producer-core.ts'
const settlement = 'packages/producer/src/sender/settlement.ts'
const connection = 'packages/producer/src/network/connection.ts'
const flushes = 'packages/producer/src/flushes.ts'

/** Flush, close, and errors that nothing survives. */
export const lifeCycleMutants: readonly Mutant[] = [
  {
    name: 'flush-forgets-waiting-sends',
    file: flushes,
    find: 'if ((admission.firstWaiting ?? Number.POSITIVE_INFINITY) < sendNumber) return true',
    replace: '',
    mirrors: 'librdkafka 5165b8a7f: flush returns though something is open',
    caughtBy: ['FLUSH'],
  },
  {
    name: 'flush-forgets-what-is-on-the-wire',
    file: flushes,
    find: 'if (link.item.firstSend < sendNumber) return true\n    return false',
    replace: 'if (link.item.firstSend + 1 < sendNumber) return true\n    return false',
    mirrors: 'KAFKA-9703: flush works with a snapshot that is wrong by one',
    caughtBy: ['FLUSH'],
  },
  {
    name: 'close-timeout-ignored',
    file: core,
    find: 'return nowMs >= this.closeDeadlineMs || (accumulator.isEmpty',
    replace: 'return (accumulator.isEmpty',
    mirrors: 'kafkajs #918, sarama #3645: disconnect waits for what can never end',
    caughtBy: ['CLOSE', 'LIVE'],
  },
  {
    name: 'close-does-not-wait',
    file: core,
    find: 'return nowMs >= this.closeDeadlineMs || (accumulator.isEmpty && admission.waitingCount === 0)',
    replace: 'return nowMs >= this.closeDeadlineMs || this.admission.waitingCount === 0',
    mirrors: 'kafkajs #879: disconnect does not wait for messages in retry',
    caughtBy: ['CLOSE', 'UNEXPLAINED'],
  },
  {
    name: 'close-forgets-waiting-sends',
    file: core,
    find: "admission.failAll(new ProducerClosedError('The producer was closed before the record was sent'), nowMs)",
    replace: '',
    mirrors: 'librdkafka fc097194d: purge missed what was waiting',
    caughtBy: ['ONCE', 'CRASH', 'FLUSH'],
  },
  {
    name: 'close-forgets-batches',
    file: core,
    find: 'settlement.abortForClose()\n',
    replace: '',
    mirrors: 'kafkajs #879, librdkafka fc097194d',
    caughtBy: ['ONCE', 'CRASH', 'FLUSH'],
  },
  {
    name: 'close-leaves-links-open',
    file: connection,
    find: "this.link?.close('fin')\n    this.link = undefined\n    this.inFlight.takeAll()",
    replace: 'this.link = undefined\n    this.inFlight.takeAll()',
    mirrors: '@platformatic/kafka #83, kafkajs #918: sockets that outlive disconnect',
    caughtBy: ['CENSUS'],
  },
  {
    name: 'close-leaves-its-timer',
    file: core,
    find: 'this.driver.close()\n    flushes.finish(nowMs)',
    replace: 'flushes.finish(nowMs)',
    mirrors: '@platformatic/kafka #83: leaked timeouts',
    caughtBy: ['CENSUS'],
    equivalent:
      'a producer closes within a turn, which has used up its only timer: what wakes it from then on is due at once, finds it closed and asks for no more',
  },
  {
    name: 'close-keeps-memory-on-the-wire',
    file: settlement,
    find: 'batch.isInRequest = false\n      this.parts.accumulator.free(batch)',
    replace: 'batch.isInRequest = false',
    mirrors: 'librdkafka 1c044abc5: retry buffers leaked at termination with the broker down',
    caughtBy: ['CENSUS', 'CRASH'],
  },
  {
    name: 'fatal-leaves-waiting-sends',
    file: core,
    find: 'if (fatal !== undefined) admission.failAll(refusalOf(fatal), nowMs)\n',
    replace: '',
    mirrors: 'our own, found by the explorer: fatal-error-with-sends-waiting-for-memory',
    caughtBy: ['LIVE', 'ONCE', 'IDLE', 'UNEXPLAINED', 'DEADLINE'],
  },
  {
    name: 'fatal-leaves-batches',
    file: settlement,
    find: "trace?.({ event: 'fatal', because: row.name })\n    this.failAll(row)",
    replace: "trace?.({ event: 'fatal', because: row.name })",
    mirrors: 'KAFKA-13668: an authorisation error on InitProducerId, and nobody is told',
    caughtBy: ['FENCE', 'PROMPT', 'GIVEUP'],
  },
  {
    name: 'refused-id-is-not-asked-again',
    file: 'packages/producer/src/sender/producer-id-fetch.ts',
    find: 'this.isAsking = false\n    const body',
    replace: 'const body',
    mirrors: '@platformatic/kafka #305, KAFKA-13668: after one failure no producer id ever',
    caughtBy: ['LIVE', 'UNEXPLAINED'],
  },
  {
    name: 'refused-id-is-fatal',
    file: 'packages/producer/src/sender/producer-id-fetch.ts',
    find: 'if (error.retriable) return undefined\n',
    replace: '',
    mirrors: 'KAFKA-13668: a coordinator that is only loading is the end of the producer',
    caughtBy: ['GIVEUP', 'UNEXPLAINED', 'LIVE'],
  },
  {
    name: 'id-asked-without-backoff',
    file: 'packages/producer/src/sender/producer-id-fetch.ts',
    find: 'this.notBeforeMs = nowMs + exponentialBackoffMs(this.random, this.backoff, this.failures++)',
    replace: '',
    mirrors: 'sarama #3557, KIP-580',
    caughtBy: ['BACKOFF', 'IDLE'],
  },
]
