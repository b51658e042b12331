import type { ClusterCore } from '../../cluster-core.ts'
import { suggestion } from '../../did-you-mean.ts'
import type { FaultStatus } from '../../faults/chain.ts'
import { FaultRuleError, parseFaultRule } from '../../faults/rule.ts'
import {
  type ControlCall,
  ControlError,
  numberOfParameter,
  type Parameter,
  queryNumber,
  type Route,
  textOfParameter,
} from '../route.ts'
import { object, schemaOf, wrapped } from '../schemas.ts'
import { answerLater, timeoutMsOf, timeoutParameter } from '../waiting.ts'
import { asObject } from './topics.ts'

const faultParameter: Parameter = {
  key: 'fault',
  in: 'path',
  type: { is: 'string' },
  doc: 'Name of the rule.',
  required: true,
}

export const faultRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/faults',
    operationId: 'listFaults',
    summary: 'How every rule has fared, and what kept it from acting',
    answer: { status: 200, doc: 'In the order in which they are tried.', schema: wrapped('faults', 'Fault') },
    run: ({ cluster }, reply) => void reply({ status: 200, json: { faults: cluster.faults() } }),
  },
  {
    method: 'POST',
    path: '/v1/faults',
    operationId: 'addFault',
    summary: 'Adds a fault rule, behind those that are there',
    body: { schema: schemaOf('FaultRule'), isRequired: true },
    answer: { status: 201, doc: 'The rule at work. Its name is what it is asked for by.', schema: schemaOf('Fault') },
    run({ cluster, body }, reply) {
      const parsed = parseFaultRule(asObject(body))
      if ('issues' in parsed) throw new FaultRuleError(parsed.issues)
      const { name } = parsed.rule
      if (name !== undefined && cluster.faultNamed(name) !== undefined) {
        throw new ControlError(409, `there is a fault "${name}" already`)
      }
      const handle = cluster.fault(parsed.rule)
      reply({ status: 201, json: statusOf(cluster, handle.name) })
      return undefined
    },
  },
  {
    method: 'DELETE',
    path: '/v1/faults',
    operationId: 'removeAllFaults',
    summary: 'Takes all rules out',
    answer: { status: 200, doc: 'How they fared.', schema: wrapped('faults', 'Fault') },
    run({ cluster }, reply) {
      const faults = cluster.faults()
      for (const { name } of faults) cluster.faultNamed(name)?.remove()
      reply({ status: 200, json: { faults } })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/faults/{fault}',
    operationId: 'describeFault',
    summary: 'How one rule has fared',
    parameters: [faultParameter],
    answer: { status: 200, doc: 'The rule.', schema: schemaOf('Fault') },
    run(call, reply) {
      reply({ status: 200, json: statusOf(call.cluster, textOfParameter(call, 'fault')) })
      return undefined
    },
  },
  {
    method: 'DELETE',
    path: '/v1/faults/{fault}',
    operationId: 'removeFault',
    summary: 'Takes a rule out',
    parameters: [faultParameter],
    answer: { status: 200, doc: 'How it fared.', schema: schemaOf('Fault') },
    run(call, reply) {
      const name = textOfParameter(call, 'fault')
      const status = statusOf(call.cluster, name)
      call.cluster.faultNamed(name)?.remove()
      reply({ status: 200, json: status })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/faults/{fault}/hits',
    operationId: 'waitForHits',
    summary: 'Waits until a rule has acted so often in all',
    parameters: [faultParameter, queryNumber('count', 'How often.', 1), timeoutParameter('30s')],
    answer: { status: 200, doc: 'Whether it did; also when the time is over.', schema: schemaOf('Hits') },
    run: waitForHits,
  },
  {
    method: 'GET',
    path: '/v1/unconsumed-faults',
    operationId: 'assertFaultsConsumed',
    summary: 'Rules that did not act as often as they should: a test that passes without its fault proves nothing',
    answer: {
      status: 200,
      doc: 'With `message` for people if there are any.',
      schema: object({ faults: { type: 'array', items: schemaOf('Fault') }, message: { type: 'string' } }, ['message']),
    },
    run({ cluster }, reply) {
      const faults = cluster.faults().filter(({ isConsumed }) => !isConsumed)
      const message = messageOf(() => cluster.assertFaultsConsumed())
      reply({ status: 200, json: { faults, message } })
      return undefined
    },
  },
]

function waitForHits(call: ControlCall, reply: Parameters<Route['run']>[1]): (() => void) | undefined {
  const name = textOfParameter(call, 'fault')
  const handle = call.cluster.faultNamed(name) ?? noFault(call.cluster, name)
  const count = numberOfParameter(call, 'count')
  const timeoutMs = timeoutMsOf(call)
  const answer = (): void => {
    const hits = handle.hits()
    reply({ status: 200, json: { name, hits, reached: hits >= count } })
  }
  if (handle.hits() < count) {
    const listen = (due: () => void) => handle.onHit((hits) => hits >= count && due())
    return answerLater(call, timeoutMs, { listen, answer })
  }
  answer()
  return undefined
}

function statusOf(cluster: ClusterCore, name: string): FaultStatus {
  return cluster.faults().find((status) => status.name === name) ?? noFault(cluster, name)
}

function noFault(cluster: ClusterCore, name: string): never {
  const names = cluster.faults().map((status) => status.name)
  throw new ControlError(404, `no fault "${name}"${suggestion(name, names)}`)
}

/** What an assertion says; undefined if it holds. */
export function messageOf(assertion: () => void): string | undefined {
  try {
    assertion()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
