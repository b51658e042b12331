import fc from 'fast-check'
import { type ClusterShape, clusterArbitrary } from './cluster-arbitrary.ts'
import type { FaultConstraints } from './fault-arbitrary.ts'
import { ModelLog, type ModelSend } from './model-log.ts'
import type { ProducerStage } from './producer-stage.ts'
import { type ArbitraryRecord, recordArbitrary } from './record-arbitrary.ts'

type Command = fc.AsyncCommand<ModelLog, ProducerStage>

/** What commands the public API of a producer knows, and what can happen to its cluster meanwhile. */
export interface CommandConstraints extends Pick<FaultConstraints, 'brokers' | 'partitions'> {
  /** Default `orders`. */
  readonly topic?: string
  /** Default 40. */
  readonly commandsMax?: number
}

/**
 * Sequences of commands for a producer: send, send and give up, flush, close, let time pass; and for its cluster: a broker
 * stops or comes back, a leader moves, answers get lost. Each is checked against the model as it runs.
 */
export function producerCommands(constraints: CommandConstraints): fc.Arbitrary<Iterable<Command>> {
  const { brokers, partitions, topic = 'orders', commandsMax = 40 } = constraints
  const record = fc.oneof(recordArbitrary({ topic }), recordArbitrary({ topic, keys: 0, partitions }))
  const broker = fc.integer({ min: 1, max: brokers })
  const send = record.map((wanted) => sending(wanted))
  return fc.commands(
    [
      send,
      send,
      send,
      fc.tuple(record, fc.nat(50)).map(([wanted, afterMs]) => givingUp(wanted, afterMs)),
      fc.constant(flushing),
      fc.option(fc.nat(100), { nil: undefined }).map(closing),
      fc.nat(300).map(passing),
      broker.map(stopping),
      broker.map(starting),
      fc.nat(partitions - 1).map(moving),
      fc.constantFrom<'response' | 'request'>('response', 'request').map(losing),
    ],
    { maxCommands: commandsMax },
  )
}

/** A cluster and commands that fit it. */
export function clusterAndCommands(): fc.Arbitrary<{
  readonly cluster: ClusterShape
  readonly commands: Iterable<Command>
}> {
  return clusterArbitrary().chain((cluster) => {
    const [topic] = Object.values(cluster.topics ?? {})
    const partitions = typeof topic === 'object' ? (topic.partitions ?? 1) : 1
    const commands = producerCommands({ brokers: cluster.brokers, partitions })
    return fc.record({ cluster: fc.constant(cluster), commands })
  })
}

/**
 * Runs the commands on the stage, ends all faults, closes, and compares what the cluster holds with the model. Throws an
 * Error that says all that is wrong.
 */
export async function runProducerCommands(stage: ProducerStage, commands: Iterable<Command>): Promise<ModelLog> {
  const model = new ModelLog()
  await fc.asyncModelRun(() => ({ model, real: stage }), commands)
  stage.heal()
  await stage.until(stage.close(undefined))
  await stage.pass(1)
  const wrong = model.faultsOf(stage.stored())
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return model
}

function named(name: string, run: (model: ModelLog, stage: ProducerStage) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name }
}

function start(model: ModelLog, stage: ProducerStage, record: ArbitraryRecord, signal: AbortSignal): ModelSend {
  const send = model.sent(record)
  const { isClosed } = model
  stage.send(send, signal).then(
    (at) => {
      send.settled++
      send.outcome = isClosed ? { is: 'failed', error: new Error('delivered after close') } : { is: 'delivered', at }
    },
    (error: unknown) => {
      send.settled++
      send.outcome = { is: 'failed', error }
    },
  )
  return send
}

function sending(record: ArbitraryRecord): Command {
  return named(`send ${JSON.stringify(record)}`, async (model, stage) => {
    const { isClosed } = model
    const send = start(model, stage, record, new AbortController().signal)
    await stage.pass(0)
    if (isClosed && send.outcome?.is !== 'failed') throw new Error(`send ${send.number} was taken after close`)
  })
}

function givingUp(record: ArbitraryRecord, afterMs: number): Command {
  return named(`send ${JSON.stringify(record)} and give up after ${afterMs} ms`, async (model, stage) => {
    const giveUp = new AbortController()
    const send = start(model, stage, record, giveUp.signal)
    await stage.pass(afterMs)
    giveUp.abort()
    await stage.pass(1)
    if (send.outcome === undefined) throw new Error(`send ${send.number} was given up, and still waits`)
  })
}

const flushing = named('flush', async (model, stage) => {
  if (model.isClosed) return
  const before = model.open
  await stage.until(stage.flush())
  const open = model.open.filter((number) => before.includes(number))
  if (open.length > 0) throw new Error(`flush returned while ${open.join(', ')} were open`)
})

function closing(timeoutMs: number | undefined): Command {
  return named(timeoutMs === undefined ? 'close' : `close within ${timeoutMs} ms`, async (model, stage) => {
    model.isClosed = true
    await stage.until(stage.close(timeoutMs))
    await stage.pass(1)
    if (model.open.length > 0) throw new Error(`close returned while ${model.open.join(', ')} were open`)
  })
}

function passing(ms: number): Command {
  return named(`${ms} ms pass`, (_, stage) => stage.pass(ms))
}

function stopping(broker: number): Command {
  return named(`broker ${broker} stops`, async (_, stage) => {
    stage.stopBroker(broker)
    await stage.pass(0)
  })
}

function starting(broker: number): Command {
  return named(`broker ${broker} starts`, async (_, stage) => {
    stage.startBroker(broker)
    await stage.pass(0)
  })
}

function moving(partition: number): Command {
  return named(`the leader of partition ${partition} moves`, async (_, stage) => {
    stage.moveLeader(partition)
    await stage.pass(0)
  })
}

function losing(side: 'request' | 'response'): Command {
  return named(`the next Produce loses its ${side}`, async (_, stage) => {
    stage.fault({ on: { api: 'Produce', nth: 1 }, do: { drop: side }, times: 1 })
  })
}
